package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tavern.server.time.SetClocks;

/** P-28, on time that the test turns. */
final class IdleCheckTest {
    private static final long IDLE_MILLIS = 60_000;

    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final SetClocks clocks = new SetClocks();
    private boolean crowded;
    private boolean empty = true;
    private int due;
    private final IdleCheck check = onFrozenTime();

    private IdleCheck onFrozenTime() {
        thread.freezeTime();
        return new IdleCheck(
                thread.eventLoop(), clocks.monotonic(), IDLE_MILLIS, () -> crowded, () -> empty, () -> due++);
    }

    private void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            clocks.turn(1);
            thread.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            thread.runScheduledPendingTasks();
        }
    }

    @Test
    void aRoomThatEmptiedBeforeThereWereManyClosesSoonAfterThereAre() {
        check.begin();
        pass(10_000);
        assertThat(due).isZero();
        crowded = true;
        pass(IdleCheck.CROWDED_IDLE_MILLIS + 2);
        assertThat(due).isPositive();
    }

    @Test
    void withoutManyItClosesAfterItsTime() {
        check.begin();
        pass(IDLE_MILLIS - 1);
        assertThat(due).isZero();
        pass(50);
        assertThat(due).isEqualTo(1);
    }

    @Test
    void theTimeCountsFromTheLastMemberWhoLeftAndThereIsOneCheck() {
        for (int visit = 0; visit < 100; visit++) {
            check.begin();
            pass(500);
        }
        assertThat(due).isZero();
        pass(IDLE_MILLIS - 501);
        assertThat(due).isZero();
        pass(50);
        assertThat(due).isEqualTo(1);
    }

    @Test
    void nothingIsCheckedWhileSomebodyIsThere() {
        check.begin();
        empty = false;
        pass(IDLE_MILLIS * 2);
        assertThat(due).isZero();
        empty = true;
        pass(IDLE_MILLIS);
        assertThat(due).as("until the room empties again").isZero();
        check.begin();
        pass(IDLE_MILLIS + 2);
        assertThat(due).isEqualTo(1);
    }
}
