package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.RoomStore;
import tavern.server.store.StoreUnavailableException;

/** What a room writes, while the test holds the store's answers. */
final class WriteBehindTest {
    private static final RoomSettings SETTINGS = new RoomSettings(
            10, 20, 10, 100, 1, 100, 60, 100_000, 10, 100, 1_000, 10, 10, 10, 0, new RoomSettings.Interest(1_000, 80));

    private final HandLoop loop = new HandLoop();
    private final List<List<ChatLine>> asked = new ArrayList<>();
    private final List<CompletableFuture<Void>> answers = new ArrayList<>();
    private final WriteBehind writes =
            new WriteBehind(new RoomId("hall"), 1, 0, held(), SETTINGS, loop, () -> true, () -> {});
    private final Erasure erasure = Erasure.of(new PlayerId(1), "ann");

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

    @Test
    void anErasureInTheMiddleOfAWriteWaitsForItAndErasesWhatTheFailedWritePutsBack() {
        writes.chat(new ChatLine("ann", "I live in Oslo", 1), 1);
        CompletableFuture<Void> flushed = writes.flush();
        writes.chat(new ChatLine("bob", "good night ann", 2), 2);
        CompletableFuture<Void> erased = writes.erase(erasure);
        loop.runAll();
        assertThat(erased).as("while the write is under way").isNotDone();

        answers.get(0).completeExceptionally(new StoreUnavailableException("the store is away", 1));
        loop.runAll();
        assertThat(erased).isCompleted();
        assertThat(flushed).isCompleted();
        writes.flush();
        assertThat(asked.get(1))
                .containsExactly(
                        new ChatLine(erasure.replacement(), "(erased)", 1), new ChatLine("bob", "(erased)", 2));
    }

    @Test
    void anErasureEndsWithTheWriteThatWasUnderWay() {
        writes.chat(new ChatLine("ann", "I live in Oslo", 1), 1);
        writes.flush();
        CompletableFuture<Void> erased = writes.erase(erasure);
        assertThat(erased).isNotDone();
        answers.get(0).complete(null);
        assertThat(erased).as("before the room's thread has seen the answer").isNotDone();
        loop.runAll();
        assertThat(erased).isCompleted();
        assertThat(writes.erase(erasure)).as("with nothing under way").isCompleted();
    }
}
