package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.guard.ReplayBudget;
import tavern.server.guard.ReplayLog;
import tavern.server.time.SetClocks;

/** P-115: in which order a session is told what two servers have to tell it. */
final class SessionMessagesTest {
    private final EmbeddedChannel lane = new EmbeddedChannel();
    private final SessionInbox inbox = new SessionInbox(
            new RateLimiter(
                    new SessionSettings(10, 30, 10, 10_000, 45, 0, 3, new SessionSettings.Rates(5, 5, 20, 1, 2, 5, 20)),
                    0),
            1);
    private final ReplayLog log = new ReplayLog(1_000, 45_000, 1_000_000, new ReplayBudget(10_000_000, 1).share());
    private final SessionMessages messages = new SessionMessages(
            lane.eventLoop(),
            new SessionLink(lane.eventLoop(), inbox),
            new PersonalLog(log, new SetClocks().monotonic()));

    @BeforeEach
    void itComesFromAnotherServer() {
        messages.awaitEarlier();
    }

    @AfterEach
    void end() {
        messages.end();
        lane.close();
    }

    private static ServerMessage.Builder whisper(String text) {
        return ServerMessage.newBuilder()
                .setWhisper(WhisperReceived.newBuilder().setText(text));
    }

    private List<String> told() {
        return messages.missedAfter(0).stream()
                .map(event -> event.getWhisper().getText())
                .toList();
    }

    @Test
    void whatItWasToldThereComesFirst() {
        messages.number(whisper("here"));
        messages.brought(LateMessages.Kind.EVENT, whisper("there").build());
        assertThat(messages.earlier().toCompletableFuture()).isNotDone();
        messages.brought(LateMessages.Kind.ALL, ServerMessage.getDefaultInstance());
        assertThat(messages.earlier().toCompletableFuture()).isCompleted();
        messages.number(whisper("later"));
        assertThat(told()).containsExactly("there", "here", "later");
    }

    @Test
    void whatIsMoreThanMayWaitDoesNotOvertakeWhatWaits() {
        List<String> texts = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
        texts.forEach(text -> messages.number(whisper(text)));
        assertThat(messages.earlier().toCompletableFuture()).isCompleted();
        messages.brought(LateMessages.Kind.EVENT, whisper("there").build());
        messages.brought(LateMessages.Kind.ALL, ServerMessage.getDefaultInstance());
        assertThat(told())
                .startsWith("0", "1")
                .endsWith("299", "there")
                .containsSubsequence(texts)
                .hasSize(301);
    }
}
