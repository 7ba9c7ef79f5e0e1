package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;

/** Rules that take long run on threads of their own: connections are served meanwhile. */
class SlowRulesIT {
    private static final int SECONDS_MAX = 30;
    private static final String SLOWLY = "think about it";

    private final CountDownLatch thinking = new CountDownLatch(1);
    private final CountDownLatch thought = new CountDownLatch(1);

    @RegisterExtension
    final Tavern tavern = Tavern.with("room.threads=1").rules(config -> {
        RoomRules.Factory good = TavernRules.factory(config.game(), WordFilter.of(List.of()));
        return room -> new SlowRules(good.open(room));
    });

    @Test
    void whoeverIsInNoRoomIsAnsweredWhileTheyCompute() throws Exception {
        tavern.logs().expect("room hall worked ");
        RawClient anna = tavern.client("anna", Tavern.HALL);
        List<RawClient> others = List.of(tavern.client("ben"), tavern.client("carl"), tavern.client("dora"));
        int said = anna.chat(SLOWLY);
        assertThat(thinking.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        for (RawClient other : others) {
            assertThat(other.answerTo(other.ping(7)).hasPong()).isTrue();
        }
        assertThat(anna.answerTo(anna.ping(8)).hasPong()).isTrue();
        thought.countDown();
        assertThat(anna.expect(ServerMessage::hasChat).getChat().getClientSeq()).isEqualTo(said);
    }

    /** The built-in rules, except that one chat line takes as long as the test wants. */
    private final class SlowRules implements RoomRules {
        private final RoomRules good;

        SlowRules(RoomRules good) {
            this.good = good;
        }

        @Override
        public void apply(Action action, long nowMillis, Effects effects) {
            if (action instanceof Action.Chat chat && chat.text().equals(SLOWLY)) {
                think();
            }
            good.apply(action, nowMillis, effects);
        }

        private void think() {
            thinking.countDown();
            try {
                assertThat(thought.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts rules", e);
            }
        }

        @Override
        public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
            good.move(entity, seq, x, y, nowMillis, effects);
        }

        @Override
        public void tick(long nowMillis, Effects effects) {
            good.tick(nowMillis, effects);
        }

        @Override
        public List<Entity> entities() {
            return good.entities();
        }

        @Override
        public boolean isSettling() {
            return good.isSettling();
        }
    }
}
