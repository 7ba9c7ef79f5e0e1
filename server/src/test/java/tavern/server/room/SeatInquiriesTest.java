package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.GoodsChange;

/** P-108: seats whose players have not come with their room. */
final class SeatInquiriesTest {
    private static final RoomId HALL = new RoomId("hall");
    private static final Player ANN = new Player(new PlayerId(7), "ann");
    private static final long ASK_MILLIS = 10_000;
    private static final long KEPT_MILLIS = 60_000;
    private static final long EVERY_MILLIS = SeatInquiries.spread(ASK_MILLIS, ANN.id());

    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final List<String> asked = new ArrayList<>();
    private final List<AwaitedMember> givenUp = new ArrayList<>();
    private CompletionStage<Boolean> answer = CompletableFuture.completedFuture(true);
    private final AwaitedMember member = new AwaitedMember(ANN, 0, givenUp::add);

    private final SeatInquiries seats =
            new SeatInquiries(HALL, givenUp::add, thread.eventLoop(), new PlayerDirectory() {
                @Override
                public void deliver(PlayerId player, ServerMessage.Builder message) {}

                @Override
                public void goodsChanged(PlayerId player, GoodsChange change, @Nullable Room teller, String reason) {}

                @Override
                public CompletionStage<Boolean> isComing(Player player, RoomId room) {
                    asked.add(player.name() + " to " + room.name());
                    return answer;
                }
            });

    @BeforeEach
    void waitFromNowOn() {
        thread.freezeTime();
        seats.keep(member, ASK_MILLIS, KEPT_MILLIS);
    }

    private void pass(long millis) {
        thread.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        thread.runScheduledPendingTasks();
    }

    @Test
    void aSeatIsKeptForAsLongAsTheSessionCanCome() {
        pass(EVERY_MILLIS - 1);
        assertThat(asked).isEmpty();
        pass(1);
        pass(EVERY_MILLIS);
        assertThat(asked).containsExactly("ann to hall", "ann to hall");
        assertThat(givenUp).isEmpty();
        answer = CompletableFuture.completedFuture(false);
        pass(EVERY_MILLIS);
        assertThat(givenUp).containsExactly(member);
        pass(KEPT_MILLIS);
        assertThat(asked).hasSize(3);
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void withoutAnAnswerItIsKeptButNotForEver() {
        answer = CompletableFuture.failedFuture(new IllegalStateException("no answer in time"));
        long passed = 0;
        for (; passed + EVERY_MILLIS < KEPT_MILLIS; passed += EVERY_MILLIS) {
            pass(EVERY_MILLIS);
        }
        pass(KEPT_MILLIS - 1 - passed);
        assertThat(givenUp).isEmpty();
        pass(1);
        assertThat(givenUp).containsExactly(member);
        int before = asked.size();
        assertThat(before).isGreaterThan(3);
        pass(KEPT_MILLIS);
        assertThat(asked).hasSize(before);
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void nobodyIsAskedForAPlayerWhoHasCome() {
        member.arrived(new AwaitedMember(ANN, 0, givenUp::add));
        pass(2 * EVERY_MILLIS);
        assertThat(thread.runScheduledPendingTasks()).as("nothing waits").isEqualTo(-1);
        pass(KEPT_MILLIS);
        assertThat(asked).isEmpty();
        assertThat(givenUp).isEmpty();
    }

    @Test
    void whoComesWhileTheOtherServerIsAskedIsNotGivenUp() {
        CompletableFuture<Boolean> pending = new CompletableFuture<>();
        answer = pending;
        pass(EVERY_MILLIS);
        member.arrived(new AwaitedMember(ANN, 0, givenUp::add));
        pending.complete(false);
        assertThat(asked).hasSize(1);
        assertThat(givenUp).isEmpty();
    }

    @Test
    void theSeatsOfARoomDoNotAskAllAtOnce() {
        int[] inTenth = new int[60];
        for (long id = 1; id <= 6_000; id++) {
            long millis = SeatInquiries.spread(ASK_MILLIS, new PlayerId(id));
            assertThat(millis).isBetween(7_000L, 12_999L);
            inTenth[(int) (millis - 7_000) / 100]++;
        }
        for (int count : inTenth) {
            assertThat(count).isBetween(80, 120);
        }
    }
}
