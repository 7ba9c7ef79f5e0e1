package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.game.PlayerId;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.WhisperReceived;

/** P-115: what is brought to sessions that have come here, and what to those that are here no more. */
final class LateArrivalsTest {
    private static final int WENT_ON_MAX = 3;

    private final EmbeddedChannel lane = new EmbeddedChannel();
    private final List<String> told = new ArrayList<>();
    private final List<String> passedOn = new ArrayList<>();
    private final Counter lost = new SimpleMeterRegistry().counter("lost");
    private final LateBudget budget = new LateBudget(lost);
    private final LateArrivals arrivals = new LateArrivals(WENT_ON_MAX);
    private int numbers;

    private final RealmSessions alone = new RealmSessions(
            "one",
            null,
            new RealmSessions.Here() {
                @Override
                public Map<PlayerId, Long> logins() {
                    return Map.of();
                }

                @Override
                public void endOlderThan(PlayerId player, long login) {}
            },
            words -> CompletableFuture.completedFuture(false));

    @BeforeEach
    void aSessionHasCome() {
        lane.freezeTime();
        arrive("h1");
    }

    private void arrive(String handover) {
        arrivals.arrived(
                handover,
                lane.eventLoop(),
                (kind, message) -> told.add(message.getWhisper().getText()));
    }

    /** What has not followed yet; it is shown by its coming back. */
    private LateMessages toThird() {
        return new LateMessages(
                new LateMessages.Left(
                        "session",
                        lane.eventLoop(),
                        event -> passedOn.add(event.getWhisper().getText()),
                        answer -> passedOn.add("an answer")),
                alone,
                "h2",
                "third",
                budget,
                () -> 0);
    }

    private boolean bring(String handover, LateMessages.Kind kind, ServerMessage message) {
        CompletableFuture<Boolean> taken = arrivals.brought(List.of(
                        LateMessages.QUESTION,
                        handover,
                        Integer.toString(++numbers),
                        kind.name(),
                        Base64.getUrlEncoder().encodeToString(message.toByteArray())))
                .toCompletableFuture();
        lane.runPendingTasks();
        return taken.join();
    }

    private boolean bring(String handover, String text) {
        return bring(
                handover,
                LateMessages.Kind.EVENT,
                ServerMessage.newBuilder()
                        .setWhisper(WhisperReceived.newBuilder().setText(text))
                        .build());
    }

    @Test
    void aSessionIsToldForAsLongAsItIsHere() {
        assertThat(bring("h1", "one")).isTrue();
        lane.advanceTimeBy(1, TimeUnit.DAYS);
        lane.runScheduledPendingTasks();
        assertThat(bring("h1", "two")).isTrue();
        assertThat(bring("of nobody", "three")).isFalse();
        assertThat(told).containsExactly("one", "two");
    }

    @Test
    void oneThatHasEndedIsNotKnownAndNotKept() {
        assertThat(bring("h1", "one")).isTrue();
        arrivals.ended("h1", null);
        assertThat(bring("h1", "two")).isFalse();
        assertThat(told).containsExactly("one");
        assertThat(arrivals.size()).isZero();
        assertThat(lane.runScheduledPendingTasks()).as("nothing waits").isEqualTo(-1);
    }

    @Test
    void oneThatEndsWhileItIsBeingToldIsNotKnown() {
        CompletableFuture<Boolean> taken = arrivals.brought(List.of(LateMessages.QUESTION, "h1", "1", "EVENT", ""))
                .toCompletableFuture();
        arrivals.ended("h1", null);
        lane.runPendingTasks();
        assertThat(taken.join()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void whatComesForOneThatHasGoneOnFollowsItForSixMinutes() {
        LateMessages next = toThird();
        arrivals.ended("h1", next);
        assertThat(bring("h1", "one")).isTrue();
        assertThat(bring("h1", LateMessages.Kind.ALL, ServerMessage.getDefaultInstance()))
                .isTrue();
        assertThat(bring(
                        "h1",
                        LateMessages.Kind.ANSWER,
                        ServerMessage.newBuilder()
                                .setRedirect(Redirect.getDefaultInstance())
                                .build()))
                .as("a ticket from here")
                .isTrue();
        lane.advanceTimeBy(359, TimeUnit.SECONDS);
        lane.runScheduledPendingTasks();
        assertThat(bring("h1", "two")).isTrue();
        next.giveBack();
        assertThat(passedOn).containsExactly("one", "two");
        assertThat(told).isEmpty();

        lane.advanceTimeBy(2, TimeUnit.SECONDS);
        lane.runScheduledPendingTasks();
        assertThat(bring("h1", "three")).isFalse();
        assertThat(arrivals.size()).isZero();
    }

    @Test
    void whenManyHaveGoneOnTheOldestAreForgottenAndNeverThoseWhoAreHere() {
        for (int i = 0; i <= WENT_ON_MAX; i++) {
            arrive("g" + i);
            arrivals.ended("g" + i, toThird());
        }
        assertThat(bring("g0", "one")).isFalse();
        for (int i = 1; i <= WENT_ON_MAX; i++) {
            assertThat(bring("g" + i, "one")).isTrue();
        }
        assertThat(bring("h1", "one")).isTrue();
        assertThat(arrivals.size()).isEqualTo(1 + WENT_ON_MAX);
    }
}
