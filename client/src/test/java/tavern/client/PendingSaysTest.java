package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TurnDone;

@SuppressWarnings("FutureReturnValueIgnored") // not every answer is looked at
final class PendingSaysTest {
    private static final String HALL = "hall";

    private final List<String> sent = new ArrayList<>();
    private final List<Long> requests = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private int seq;
    private boolean connected = true;
    private long serverMillis = 1_000;
    private final PendingSays says = new PendingSays(
            4,
            new PendingSays.Wire() {
                @Override
                public int send(ClientMessage.Builder message) {
                    if (!connected) {
                        return 0;
                    }
                    ByteString said = message.getCustom().getPayload();
                    sent.add(said.substring(2).toStringUtf8());
                    requests.add(message.getCustom().getRequest());
                    return ++seq;
                }

                @Override
                public void later(Runnable task, long millis) {
                    assertThat(millis).isPositive();
                    later.add(task);
                }
            },
            () -> serverMillis);

    /** P-82: what is not above the last number would be taken for done. */
    @Test
    void onlyOneIsUnderWayAndTheOthersKeepTheirOrder() {
        CompletableFuture<Void> a = say("a");
        CompletableFuture<Void> b = say("b");
        say("c");
        assertThat(sent).containsExactly("a");
        says.answer(done(1));
        assertThat(a).isCompleted();
        assertThat(b).isNotDone();
        says.answer(done(2));
        assertThat(sent).containsExactly("a", "b", "c");
    }

    @Test
    void numbersGrowWhateverTheServersClockDoes() {
        say("a");
        serverMillis = 0;
        say("b");
        serverMillis = 2_000;
        say("c");
        says.answer(done(1));
        says.answer(done(2));
        assertThat(requests).containsExactly(1_000_000L, 1_000_001L, 2_000_000L);
    }

    @Test
    void aRefusalEndsItAndTheNextOneGoes() {
        CompletableFuture<Void> a = say("a");
        say("b");
        says.answer(error(1, ErrorCode.BUSY));
        assertRefused(a, ErrorCode.BUSY);
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void anAnswerToSomethingElseIsLeftAlone() {
        CompletableFuture<Void> a = say("a");
        assertThat(says.answer(done(7))).isFalse();
        assertThat(a).isNotDone();
    }

    /** P-22. */
    @Test
    void whatTheServerHasNotReceivedIsSaidAgainAtOnceUnderItsNumber() {
        CompletableFuture<Void> a = say("a");
        says.resumed(0);
        assertThat(sent).containsExactly("a", "a");
        assertThat(requests.get(1)).isEqualTo(requests.get(0));
        says.answer(error(2, ErrorCode.BAD_VALUE));
        assertRefused(a, ErrorCode.BAD_VALUE);
    }

    /** P-22, P-23. */
    @Test
    void whatTheServerHasReceivedIsSaidAgainOnlyIfTheReplayDoesNotAnswerIt() {
        CompletableFuture<Void> a = say("a");
        says.resumed(1);
        says.answer(done(1));
        says.replayed();
        assertThat(a).isCompleted();
        assertThat(sent).containsExactly("a");

        CompletableFuture<Void> b = say("b");
        says.resumed(2);
        assertThat(sent).containsExactly("a", "b");
        says.replayed();
        assertThat(sent).containsExactly("a", "b", "b");
        assertThat(requests.get(2)).isEqualTo(requests.get(1));
        says.answer(done(3));
        assertThat(b).isCompleted();
    }

    /** The first copy may be under way still, so only the game's word on the second counts. */
    @Test
    void aRepeatThatTheServerHasNoTimeForIsSaidAgain() {
        CompletableFuture<Void> a = say("a");
        says.resumed(1);
        says.replayed();
        says.answer(error(2, ErrorCode.RATE_LIMITED));
        assertThat(a).isNotDone();
        later.get(0).run();
        assertThat(sent).containsExactly("a", "a", "a");
        says.answer(error(3, ErrorCode.BAD_VALUE));
        assertRefused(a, ErrorCode.BAD_VALUE);
    }

    @Test
    void aRetryThatComesDueWithoutAConnectionIsLeftToTheResume() {
        say("a");
        says.resumed(1);
        says.replayed();
        says.answer(error(2, ErrorCode.UNAVAILABLE));
        connected = false;
        later.get(0).run();
        connected = true;
        says.resumed(2);
        says.replayed();
        assertThat(sent).containsExactly("a", "a", "a");
    }

    @Test
    void aSessionThatIsLostLosesNothingIfTheRoomIsJoinedForRepeating() {
        CompletableFuture<Void> a = say("a");
        CompletableFuture<Void> b = say("b");
        says.hold();
        assertThat(sent).containsExactly("a");
        says.joined(HALL, true);
        assertThat(sent).containsExactly("a", "a");
        assertThat(requests.get(1)).isEqualTo(requests.get(0));
        says.answer(done(2));
        says.answer(done(3));
        assertThat(a).isCompleted();
        assertThat(b).isCompleted();
        assertThat(sent).containsExactly("a", "a", "b");
    }

    @Test
    void whatIsSaidBetweenComesAfterWhatIsHeld() {
        say("a");
        says.hold();
        say("b");
        assertThat(sent).containsExactly("a");
        says.joined(HALL, true);
        says.answer(done(2));
        assertThat(sent).containsExactly("a", "a", "b");
    }

    @Test
    void aSessionThatIsLostLosesWhatIsNotToBeRepeated() {
        CompletableFuture<Void> a = say("a");
        says.hold();
        says.joined(HALL, false);
        assertLost(a);
        assertThat(says.isEmpty()).isTrue();

        CompletableFuture<Void> b = say("b");
        says.hold();
        says.joined("cellar", true);
        assertLost(b);
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void whoLeavesTheRoomHearsNoAnswersOfIt() {
        CompletableFuture<Void> a = say("a");
        CompletableFuture<Void> b = say("b");
        says.moved(HALL);
        assertThat(a).isNotDone();
        says.moved("");
        assertLost(a);
        assertLost(b);
        assertThat(sent).containsExactly("a");
    }

    @Test
    void whatIsNotAnsweredInTimeFailsAndTheNextOneGoes() {
        CompletableFuture<Void> a = say("a", 10);
        CompletableFuture<Void> b = say("b", 20);
        says.expire(9);
        assertThat(a).isNotDone();
        says.expire(10);
        assertLost(a);
        assertThat(b).isNotDone();
        assertThat(sent).containsExactly("a", "b");
        says.hold();
        says.expire(20);
        assertLost(b);
    }

    @Test
    void thereIsABound() {
        for (int i = 0; i < 4; i++) {
            say("a");
        }
        says.hold();
        assertThatThrownBy(say("one too many")::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    /** What closes the connection, or ends the session, does not say what became of the request. */
    @Test
    void anErrorThatClosesTheConnectionIsNotAnAnswer() {
        CompletableFuture<Void> a = say("a");
        assertThat(says.answer(error(1, ErrorCode.FLOODING))).isFalse();
        says.failAll("the session ended");
        assertLost(a);
    }

    private CompletableFuture<Void> say(String text) {
        return say(text, Long.MAX_VALUE);
    }

    private CompletableFuture<Void> say(String text, long deadlineNanos) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        says.say(HALL, StringValue.of(text), answer, deadlineNanos);
        return answer;
    }

    private static ServerMessage done(int replyTo) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setTurnDone(TurnDone.getDefaultInstance())
                .build();
    }

    private static ServerMessage error(int replyTo, ErrorCode code) {
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setError(Error.newBuilder().setCode(code).setText("no"))
                .build();
    }

    private static void assertRefused(CompletableFuture<Void> answer, ErrorCode code) {
        assertThatThrownBy(answer::join).cause().isInstanceOfSatisfying(TavernException.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.text()).isEqualTo("no");
        });
    }

    private static void assertLost(CompletableFuture<Void> answer) {
        assertThatThrownBy(answer::join).hasCauseInstanceOf(ConnectionLostException.class);
    }
}
