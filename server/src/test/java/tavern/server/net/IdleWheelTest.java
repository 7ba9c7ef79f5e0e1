package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tavern.server.guard.MuteError;

/** P-11: who is silent for the time is told of, not before, and not long after. */
final class IdleWheelTest {
    private static final int IDLE_SECONDS = 3;
    private static final int STEP_MILLIS = 250;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final IdleWheel wheel = onFrozenTime();
    private final Client client = new Client();
    private final IdleWheel.Watch watch = wheel.watch(client);

    private IdleWheel onFrozenTime() {
        channel.freezeTime();
        return new IdleWheel(channel.eventLoop(), IDLE_SECONDS);
    }

    private final class Client implements IdleWheel.Watched {
        private long heardAt = wheel.now();
        private int told;
        private boolean fails;

        @Override
        public long heardAt() {
            return heardAt;
        }

        @Override
        public void idle() {
            told++;
            if (fails) {
                throw new MuteError();
            }
        }
    }

    private void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private void hear() {
        client.heardAt = wheel.now();
    }

    @Test
    void whoIsSilentIsToldOfOnceTheTimeIsOver() {
        for (int shift = 0; shift < 2 * STEP_MILLIS; shift += 50) {
            pass(shift);
            Client silent = new Client();
            wheel.watch(silent);
            pass(IDLE_SECONDS * 1_000 - 1);
            assertThat(silent.told).as("shifted by %d ms", shift).isZero();
            pass(STEP_MILLIS + 1);
            assertThat(silent.told).as("shifted by %d ms", shift).isOne();
            pass(2 * IDLE_SECONDS * 1_000);
            assertThat(silent.told).as("shifted by %d ms", shift).isOne();
        }
    }

    @Test
    void whoIsHeardNowAndThenIsNot() {
        for (int i = 0; i < 20; i++) {
            pass(IDLE_SECONDS * 1_000 - 10);
            hear();
        }
        assertThat(client.told).isZero();
    }

    @Test
    void aPauseOfTheServerIsNotTheClients() {
        channel.advanceTimeBy(1, TimeUnit.HOURS);
        hear();
        channel.runScheduledPendingTasks();
        pass(IDLE_SECONDS * 1_000 - STEP_MILLIS);
        assertThat(client.told).isZero();
    }

    @Test
    void whatOneThrowsKeepsNobodyElseFromBeingToldOf() {
        client.fails = true;
        Client second = new Client();
        wheel.watch(second);
        pass(STEP_MILLIS);
        Client later = new Client();
        wheel.watch(later);
        pass(2 * IDLE_SECONDS * 1_000);
        assertThat(client.told).isOne();
        assertThat(second.told).isOne();
        assertThat(later.told).isOne();
    }

    @Test
    void whoIsGoneIsForgotten() {
        assertThat(wheel.size()).isOne();
        watch.stop();
        assertThat(wheel.size()).isZero();
        pass(2 * IDLE_SECONDS * 1_000);
        assertThat(client.told).isZero();
    }
}
