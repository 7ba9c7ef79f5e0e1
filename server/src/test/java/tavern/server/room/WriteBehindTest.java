package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.RoomStore;
import tavern.server.store.StoreUnavailableException;

/** What rooms write, while the test holds the store's answers and turns the time by hand. */
final class WriteBehindTest {
    private static final int FLUSH_MILLIS = 200;
    private static final RoomSettings SETTINGS = new RoomSettings(
            10,
            20,
            10,
            100,
            1,
            100,
            60,
            60,
            100_000,
            10,
            FLUSH_MILLIS,
            1_000,
            10,
            10,
            10,
            0,
            new RoomSettings.Interest(1_000, 80),
            1_000);
    private static final StoreUnavailableException AWAY = new StoreUnavailableException("the store is away", 1);

    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final EventLoop loop = frozen();
    private long millis = 1_700_000_000_003L;
    private final List<List<ChatLine>> asked = new ArrayList<>();
    private final List<CompletableFuture<Void>> answers = new ArrayList<>();
    private final WriteBeat beat =
            new WriteBeat(loop, () -> TimeUnit.MILLISECONDS.toNanos(millis), SETTINGS.chatFlushMillis());
    private boolean mayWrite = true;
    private final WriteBehind writes = room("hall");
    private final Erasure erasure = Erasure.of(new PlayerId(1), "ann");

    private EventLoop frozen() {
        thread.freezeTime();
        return thread.eventLoop();
    }

    private WriteBehind room(String name) {
        return new WriteBehind(new RoomId(name), 1, 0, held(), SETTINGS, loop, beat, () -> mayWrite, () -> {});
    }

    private RoomStore held() {
        return (RoomStore) Proxy.newProxyInstance(
                RoomStore.class.getClassLoader(), new Class<?>[] {RoomStore.class}, (proxy, method, values) -> {
                    assertThat(method.getName()).isEqualTo("appendChat");
                    List<ChatLine> lines = new ArrayList<>();
                    ((List<?>) values[3]).forEach(line -> lines.add((ChatLine) line));
                    asked.add(lines);
                    CompletableFuture<Void> answer = new CompletableFuture<>();
                    answers.add(answer);
                    return answer;
                });
    }

    private static ChatLine said(String text) {
        return new ChatLine("bob", text, 1);
    }

    private void pass(long duration) {
        for (long i = 0; i < duration; i++) {
            millis++;
            thread.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            thread.runPendingTasks();
        }
    }

    @Test
    void theRoomsOfAThreadWriteTheirChatAtTheSameMomentAndNoneWaitsLonger() {
        WriteBehind other = room("attic");
        writes.chat(said("a"));
        pass(150);
        other.chat(said("b"));
        writes.chat(said("c"));
        assertThat(asked).isEmpty();
        pass(FLUSH_MILLIS - 150);
        assertThat(asked).containsExactly(List.of(said("a"), said("c")), List.of(said("b")));
    }

    @Test
    void aThreadWhoseRoomsHaveWrittenEverythingHasNoTimer() {
        writes.chat(said("a"));
        pass(FLUSH_MILLIS);
        answers.get(0).complete(null);
        thread.runPendingTasks();
        assertThat(thread.hasPendingTasks()).isFalse();
    }

    @Test
    void linesOfAWriteThatFailedGoWithTheNextOneAndNotSooner() {
        writes.chat(said("a"));
        pass(FLUSH_MILLIS);
        answers.get(0).completeExceptionally(AWAY);
        thread.runPendingTasks();
        assertThat(asked).hasSize(1);
        pass(FLUSH_MILLIS);
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1)).containsExactly(said("a"));
    }

    @Test
    void aWriteThatIsNotAnsweredIsRepeatedAfterFiveSecondsWithWhatCameMeanwhile() {
        writes.chat(said("a"));
        pass(FLUSH_MILLIS);
        writes.chat(said("b"));
        pass(4_900);
        assertThat(asked).containsExactly(List.of(said("a")));
        pass(100 + FLUSH_MILLIS);
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1)).containsExactly(said("a"), said("b"));
    }

    @Test
    void linesOfASuspendedRoomAreKeptUntilItMayWrite() {
        mayWrite = false;
        writes.chat(said("a"));
        pass(3 * FLUSH_MILLIS);
        assertThat(asked).isEmpty();
        mayWrite = true;
        pass(FLUSH_MILLIS);
        assertThat(asked).containsExactly(List.of(said("a")));
    }

    @Test
    void nothingIsWrittenAfterAnotherServerHasTheRoom() {
        writes.chat(said("a"));
        writes.discard();
        pass(2 * FLUSH_MILLIS);
        assertThat(asked).isEmpty();
        assertThat(thread.hasPendingTasks()).isFalse();
    }

    @Test
    void atTheEndAWriteThatFailedIsRepeatedSoonUntilItIsTooLate() {
        boolean[] isLate = {false};
        writes.chat(said("a"));
        CompletableFuture<Void> finished = writes.finish(() -> isLate[0]);
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(asked).hasSize(attempt).last().isEqualTo(List.of(said("a")));
            isLate[0] = attempt == 3;
            answers.get(attempt - 1).completeExceptionally(AWAY);
            pass(150);
        }
        assertThat(finished).isCompleted();
        pass(3 * FLUSH_MILLIS);
        assertThat(asked).hasSize(3);
    }

    @Test
    void atTheEndWhatIsUnderWayIsWaitedForHoweverLateItIs() {
        writes.chat(said("a"));
        CompletableFuture<Void> finished = writes.finish(() -> true);
        pass(1_000);
        assertThat(finished).isNotDone();
        answers.get(0).complete(null);
        thread.runPendingTasks();
        assertThat(finished).isCompleted();
    }

    @Test
    void theEndIsNotWaitedForWhenAnotherServerHasTheRoom() {
        writes.chat(said("a"));
        CompletableFuture<Void> finished = writes.finish(() -> false);
        writes.discard();
        answers.get(0).completeExceptionally(AWAY);
        thread.runPendingTasks();
        assertThat(finished).isCompleted();
    }

    @Test
    void anErasureInTheMiddleOfAWriteWaitsForItAndErasesWhatTheFailedWritePutsBack() {
        writes.chat(new ChatLine("ann", "I live in Oslo", 1));
        CompletableFuture<Void> flushed = writes.flush();
        writes.chat(new ChatLine("bob", "good night ann", 2));
        CompletableFuture<Void> erased = writes.erase(erasure);
        thread.runPendingTasks();
        assertThat(erased).as("while the write is under way").isNotDone();

        answers.get(0).completeExceptionally(AWAY);
        thread.runPendingTasks();
        assertThat(erased).isCompleted();
        assertThat(flushed).isCompleted();
        writes.flush();
        assertThat(asked.get(1))
                .containsExactly(
                        new ChatLine(erasure.replacement(), "(erased)", 1), new ChatLine("bob", "(erased)", 2));
    }

    @Test
    void anErasureEndsWithTheWriteThatWasUnderWay() {
        writes.chat(new ChatLine("ann", "I live in Oslo", 1));
        writes.flush();
        CompletableFuture<Void> erased = writes.erase(erasure);
        assertThat(erased).isNotDone();
        answers.get(0).complete(null);
        assertThat(erased).as("before the room's thread has seen the answer").isNotDone();
        thread.runPendingTasks();
        assertThat(erased).isCompleted();
        assertThat(writes.erase(erasure)).as("with nothing under way").isCompleted();
    }
}
