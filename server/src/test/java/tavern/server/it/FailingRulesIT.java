package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;

/** Rules of a game team's own, with bugs: only the action that hits one is lost. */
class FailingRulesIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.customs=100")
            .rules(config -> room -> new Buggy(
                    TavernRules.factory(config.game(), WordFilter.of(List.of())).open(room)));

    @Test
    void aRuleThatThrowsIsAnsweredWithAnIdAndTheRoomLivesOn() throws Exception {
        tavern.logs().expect("failure hall-");
        RawClient anna = tavern.client("anna", Tavern.HALL);
        for (int i = 0; i < 5; i++) {
            Error error = anna.answerTo(anna.send(Say.custom())).getError();
            assertThat(error.getCode()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(error.getText()).contains("hall-");
        }
        int said = anna.chat("still here");
        assertThat(anna.expect(message -> message.getChat().getClientSeq() == said)
                        .getChat()
                        .getText())
                .isEqualTo("still here");
    }

    /** Throws, and overflows the stack, in turn. */
    private static final class Buggy implements RoomRules {
        private final RoomRules rules;
        private int customs;

        Buggy(RoomRules rules) {
            this.rules = rules;
        }

        @Override
        public void apply(Action action, long nowMillis, Effects effects) {
            if (action instanceof Action.Custom) {
                if (customs++ % 2 == 0) {
                    throw new IllegalStateException("a bug in somebody's rules");
                }
                overflow(1);
            }
            rules.apply(action, nowMillis, effects);
        }

        private static int overflow(int depth) {
            return depth == 0 ? 0 : 1 + overflow(depth + 1);
        }

        @Override
        public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
            rules.move(entity, seq, x, y, nowMillis, effects);
        }

        @Override
        public void tick(long nowMillis, Effects effects) {
            rules.tick(nowMillis, effects);
        }

        @Override
        public List<Entity> entities() {
            return rules.entities();
        }

        @Override
        public boolean isSettling() {
            return rules.isSettling();
        }
    }
}
