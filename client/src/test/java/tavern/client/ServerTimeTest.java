package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tavern.protocol.UuidV7;

final class ServerTimeTest {
    /** Long after the lifetime of this test, whatever the machine's date is. */
    private static final long SAID = 9_000_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final ServerTime time = new ServerTime(nanos::get);
    private final TimeBasedEpochGenerator ids = Generators.timeBasedEpochGenerator(null, time);

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void itGoesOnFromWhatTheServerSaid() {
        time.hear(SAID);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID);
        pass(1_500);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID + 1_500);
        time.hear(SAID + 1_600);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID + 1_600);
    }

    @Test
    void aMessageThatWasSlowOnTheWayDoesNotTurnItBack() {
        time.hear(SAID);
        pass(1_000);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID + 1_000);
        time.hear(SAID + 200);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID + 1_000);
        pass(900);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID + 1_100);
    }

    @Test
    void aServerWhoseClockIsSetBackIsFollowed() {
        time.hear(SAID);
        assertThat(time.currentTimeMillis()).isEqualTo(SAID);
        time.hear(SAID - TimeUnit.DAYS.toMillis(1));
        assertThat(time.currentTimeMillis()).isEqualTo(SAID - TimeUnit.DAYS.toMillis(1));
    }

    @Test
    void thereIsNoIdBeforeTheServerHasSaidItsTime() {
        assertThatThrownBy(ids::generate)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("connect first");
    }

    @Test
    void idsCarryTheServersTimeAndAreInOrderWithinAMillisecond() {
        time.hear(SAID);
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            if (i % 1_000 == 999) {
                pass(1);
            }
            made.add(ids.generate());
        }
        assertThat(made).allMatch(UuidV7::is).doesNotHaveDuplicates();
        assertThat(made.stream().map(UuidV7::millis).distinct()).containsExactly(SAID, SAID + 1, SAID + 2, SAID + 3);
        assertThat(made.stream().map(UUID::toString)).isSorted();
    }
}
