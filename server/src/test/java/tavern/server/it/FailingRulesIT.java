package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.guard.MuteError;

/** Rules with mistakes of a game team's: only requests that reach the mistake fail. */
class FailingRulesIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.joins=100").rules(config -> {
        RoomRules.Factory good = TavernRules.factory(config.game(), WordFilter.of(List.of()));
        return room -> new BrokenRules(room, good.open(room));
    });

    @BeforeEach
    void failuresAreLogged() {
        tavern.logs().expect("failure ");
    }

    @Test
    void anActionThatThrowsIsAnsweredInternalAndTheRoomLivesOn() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        for (String text : List.of("throw", "overflow", "assert", "mute")) {
            ServerMessage answer = anna.answerTo(anna.chat(text));
            assertThat(answer.getError().getCode()).as(text).isEqualTo(ErrorCode.INTERNAL);
            String action = action(answer);
            assertThat(action).endsWith("." + answer.getReplyTo()).contains("/anna#");
            assertThat(tavern.logs().contain("room hall failed at Chat, action " + action))
                    .isTrue();
        }
        int well = anna.chat("still here");
        assertThat(anna.expect(ServerMessage::hasChat).getChat().getClientSeq()).isEqualTo(well);
        assertThat(tavern.logs().contain("failure hall-1: room hall failed at Chat"))
                .isTrue();
    }

    /** The name that both the answer to a player and the log give to an action. */
    private static String action(ServerMessage answer) {
        String text = answer.getError().getText();
        return text.substring(text.lastIndexOf(' ') + 1);
    }

    @Test
    void alsoWhatHappensAgainAndAgainIsFoundInTheLogByItsAction() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        for (int i = 0; i < 20; i++) {
            ServerMessage answer = anna.answerTo(anna.move(13, 13));
            assertThat(tavern.logs().contain("a move, action " + action(answer)))
                    .as("%d: %s", i, answer)
                    .isTrue();
        }
        assertThat(tavern.logs().contain(" again: ")).isTrue();
    }

    @Test
    void aMoveThatThrowsIsAnsweredInternalAndTheOthersStillMove() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        assertThat(anna.errorTo(anna.move(13, 13))).isEqualTo(ErrorCode.INTERNAL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        assertThat(ben.answerTo(ben.move(-1, -1)).hasMoveRejected()).isTrue();
    }

    @Test
    void aJoinThatThrowsLeavesTheLobbyAndNoSeat() throws Exception {
        RawClient anna = tavern.client("anna");
        ServerMessage answer = anna.answerTo(anna.send(Say.join("no-entry")));
        assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(tavern.logs().contain("room no-entry failed at Join, action " + action(answer)))
                .isTrue();
        assertThat(anna.errorTo(anna.chat("where am I"))).isEqualTo(ErrorCode.NOT_IN_ROOM);
        assertThat(anna.join(Tavern.HALL).getState().getEntitiesCount()).isEqualTo(2);
    }

    @Test
    void rulesThatThrowAtEachTickStillChat() throws Exception {
        RawClient anna = tavern.client("anna", "no-time");
        int said = anna.chat("tick");
        assertThat(anna.expect(ServerMessage::hasChat).getChat().getClientSeq()).isEqualTo(said);
        await("a tick").until(() -> tavern.logs().contain("room no-time failed at a tick"));
    }

    @Test
    void rulesThatCannotBeMadeFailTheJoinOnly() throws Exception {
        tavern.logs().expect("a request failed");
        RawClient anna = tavern.client("anna");
        ServerMessage answer = anna.answerTo(anna.send(Say.join("no-rules")));
        assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(tavern.logs().contain("a request failed: action " + action(answer)))
                .isTrue();
        assertThat(anna.join(Tavern.HALL).getRoom()).isEqualTo(Tavern.HALL);
    }

    /** The built-in rules, except for what is written here. */
    private record BrokenRules(RoomId room, RoomRules good) implements RoomRules {
        BrokenRules {
            if (room.name().equals("no-rules")) {
                throw new IllegalStateException("no rules for this room");
            }
        }

        @Override
        public void apply(Action action, long nowMillis, Effects effects) {
            if (action instanceof Action.Join && room.name().equals("no-entry")) {
                throw new IllegalStateException("nobody gets in");
            }
            if (action instanceof Action.Chat chat) {
                fail(chat.text());
            }
            good.apply(action, nowMillis, effects);
        }

        private static void fail(String how) {
            switch (how) {
                case "throw" -> throw new IllegalStateException("a rule is wrong");
                case "overflow" -> deeper(1);
                case "mute" -> throw new MuteError();
                case "assert" -> throw new AssertionError("a rule is sure of something that is not so");
                default -> {}
            }
        }

        // The recursion has no end, which is what the test needs.
        @SuppressWarnings("InfiniteRecursion")
        private static long deeper(long depth) {
            return 1 + deeper(depth + 1);
        }

        @Override
        public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
            if (x == 13) {
                throw new IllegalStateException("an unlucky place");
            }
            good.move(entity, seq, x, y, nowMillis, effects);
        }

        @Override
        public void tick(long nowMillis, Effects effects) {
            if (room.name().equals("no-time")) {
                throw new IllegalStateException("time stands still");
            }
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
