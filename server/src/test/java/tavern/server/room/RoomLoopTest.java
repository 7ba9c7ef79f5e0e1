package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;
import tavern.server.guard.MuteError;

final class RoomLoopTest {
    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final Mailbox mailbox = new Mailbox(16);
    private final RoomMetrics metrics = new RoomMetrics(new SimpleMeterRegistry());
    private final AtomicInteger done = new AtomicInteger();
    private boolean endFails;
    private int players;

    private final RoomLoop loop = loopOn(thread.eventLoop());

    private RoomLoop loopOn(EventExecutor executor) {
        return new RoomLoop(
                new RoomId("hall"),
                mailbox,
                executor,
                () -> 0,
                new RuleFailureLog(new RoomId("hall"), metrics),
                new RoomPulse(metrics, metrics.thread(0)),
                new RoomLoop.Turn() {
                    @Override
                    public void begins(long nowMillis) {
                        if (endFails) {
                            throw new MuteError();
                        }
                    }

                    @Override
                    public void before(Runnable task) {}

                    @Override
                    public int ends() {
                        return players;
                    }
                });
    }

    private void ask(Runnable command) {
        mailbox.command(command);
        loop.schedule();
        try {
            thread.runPendingTasks();
        } catch (MuteError e) {
            // As the thread would, which goes on too.
        }
    }

    @Test
    void whatCannotSpeakDoesNotLeaveTheRoomDeaf() {
        ask(() -> {
            throw new MuteError();
        });
        ask(done::incrementAndGet);
        assertThat(done).hasValue(1);
    }

    @Test
    void aTurnThatCannotBeginIsFollowedByAnother() {
        endFails = true;
        mailbox.command(done::incrementAndGet);
        loop.schedule();
        assertThat(done).hasValue(0);
        endFails = false;
        ask(done::incrementAndGet);
        assertThat(done).hasValue(2);
    }

    @Test
    void aCrowdThatWasSentSomethingPausesAndThenHearsAllThatCameMeanwhileAtOnce() {
        thread.freezeTime();
        players = 1_000;
        ask(done::incrementAndGet);
        ask(done::incrementAndGet);
        ask(done::incrementAndGet);
        assertThat(done).hasValue(1);
        players = 0;
        thread.advanceTimeBy(10, TimeUnit.MILLISECONDS);
        thread.runScheduledPendingTasks();
        thread.runPendingTasks();
        assertThat(done).hasValue(3);
    }

    @Test
    void aCrowdWithMoreToDoThanOneTurnHandlesDoesNotPause() {
        thread.freezeTime();
        players = 1_000;
        for (int i = 0; i < 300; i++) {
            mailbox.command(done::incrementAndGet);
        }
        ask(done::incrementAndGet);
        assertThat(done).hasValue(301);
    }

    /** Otherwise who waits for an answer of the room would wait for ever, and not learn that the thread has stopped. */
    @Test
    void aPauseThatTheEndOfItsThreadCancelsDoesNotLeaveTheRoomMarkedAsScheduled() throws Exception {
        DefaultEventLoop ending = new DefaultEventLoop();
        players = 1_000_000;
        RoomLoop room = loopOn(ending);
        mailbox.command(done::incrementAndGet);
        room.schedule();
        await().until(() -> done.get() == 1);
        ending.shutdownGracefully(0, 0, TimeUnit.SECONDS).get();
        mailbox.command(done::incrementAndGet);
        await("refused").until(() -> isRefused(room));
    }

    private static boolean isRefused(RoomLoop room) {
        try {
            room.schedule();
            return false;
        } catch (RejectedExecutionException e) {
            return true;
        }
    }

    @Test
    void aRoomOfFewDoesNotPause() {
        thread.freezeTime();
        players = 99;
        ask(done::incrementAndGet);
        ask(done::incrementAndGet);
        assertThat(done).hasValue(2);
    }
}
