package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Recording.Moved;
import tavern.server.game.Recording.Refused;
import tavern.server.game.Recording.ToRoom;

class TavernRulesTest {
    private static final Player ANN = TestGame.player(1);
    private static final Player BOB = TestGame.player(2);
    private static final long NOW = 1_000_000;

    private final RoomRules rules = TestGame.rules();
    private final Recording effects = new Recording();

    static List<Action> actionsOfPlayers() {
        TradeId trade = TestGame.trade(1, 1);
        Terms terms = new Terms(Goods.of("gold", 1), Goods.NONE);
        return List.of(
                new Action.Chat(ANN.id(), 9, "hello", NOW),
                new Action.OfferTrade(ANN.id(), 9, trade, BOB.name(), terms, TestGame.TODAY_MILLIS),
                new Action.AcceptTrade(ANN.id(), 9, trade),
                new Action.DeclineTrade(ANN.id(), 9, trade),
                new Action.CancelTrade(ANN.id(), 9, trade),
                new Action.Custom(ANN.id(), 9, 1, new byte[0], 0));
    }

    @ParameterizedTest
    @MethodSource("actionsOfPlayers")
    void whoIsNotInTheRoomCanDoNothing(Action action) {
        apply(action);
        assertThat(effects.take()).containsExactly(new Refused(ANN.id(), 9, ErrorCode.NOT_IN_ROOM));
    }

    @Test
    void joiningAndLeavingIsToldToTheRoom() {
        join(ANN, new Position(5, 6));
        join(BOB, new Position(-5, 99_999));
        Entity bob = new Entity(2, BOB, 0, TestGame.MAP_HEIGHT, 0);
        assertThat(effects.take())
                .containsExactly(
                        new ToRoom(new RoomEvent.Joined(new Entity(1, ANN, 5, 6, 0))),
                        new ToRoom(new RoomEvent.Joined(bob)));
        apply(new Action.Leave(ANN.id()));
        apply(new Action.Leave(ANN.id()));
        assertThat(effects.take()).containsExactly(new ToRoom(new RoomEvent.Left(1, ANN)));
        assertThat(rules.entities()).containsExactly(bob);
    }

    @Test
    void joiningAgainKeepsTheEntityAndCountsMovesAnew() {
        join(ANN, new Position(5, 6));
        rules.move(1, 100, 6, 6, NOW, effects);
        effects.take();
        join(ANN, new Position(500, 600));
        rules.move(1, 1, 7, 6, NOW, effects);
        assertThat(effects.take()).containsExactly(new Moved(1, 7, 6, 1));
        assertThat(rules.entities()).containsExactly(new Entity(1, ANN, 7, 6, 1));
    }

    @Test
    void newPlayersAppearAtAPlaceOnTheMapThatDependsOnTheRoomOnly() {
        RoomRules other = TestGame.rules();
        for (int i = 1; i <= 50; i++) {
            Action.Join join = new Action.Join(TestGame.player(i), Inventory.EMPTY, null, 0);
            apply(join);
            other.apply(join, NOW, effects);
        }
        assertThat(rules.entities()).isEqualTo(other.entities());
        assertThat(rules.entities())
                .allMatch(it -> it.x() >= 0 && it.x() <= TestGame.MAP_WIDTH)
                .allMatch(it -> it.y() >= 0 && it.y() <= TestGame.MAP_HEIGHT);
        assertThat(rules.entities().stream().map(Entity::x).distinct().count()).isGreaterThan(40);
    }

    @Test
    void chatIsCleanedFilteredAndToldToTheRoom() {
        join(ANN, null);
        effects.take();
        apply(new Action.Chat(ANN.id(), 3, "DARN\u202e it", NOW));
        assertThat(effects.take()).containsExactly(new ToRoom(new RoomEvent.Chatted(ANN, 3, "**** it", NOW)));
    }

    @Test
    void badTextIsRefused() {
        join(ANN, null);
        effects.take();
        apply(new Action.Chat(ANN.id(), 3, "x\r\nlog line", NOW));
        assertThat(effects.take()).containsExactly(new Refused(ANN.id(), 3, ErrorCode.BAD_TEXT));
    }

    @Test
    void theMutedAreNotHeardUntilTheMuteEnds() {
        apply(new Action.Join(ANN, Inventory.EMPTY, null, NOW + 1));
        effects.take();
        apply(new Action.Chat(ANN.id(), 3, "hello", NOW));
        apply(new Action.Muted(ANN.id(), Long.MAX_VALUE));
        apply(new Action.Chat(ANN.id(), 4, "hello", NOW));
        apply(new Action.Muted(ANN.id(), NOW));
        apply(new Action.Chat(ANN.id(), 5, "hello", NOW));
        assertThat(effects.take())
                .containsExactly(
                        new Refused(ANN.id(), 3, ErrorCode.MUTED),
                        new Refused(ANN.id(), 4, ErrorCode.MUTED),
                        new ToRoom(new RoomEvent.Chatted(ANN, 5, "hello", NOW)));
    }

    @Test
    void customMessagesAreForOtherRules() {
        join(ANN, null);
        effects.take();
        apply(new Action.Custom(ANN.id(), 3, 1, new byte[0], 0));
        assertThat(effects.take()).containsExactly(new Refused(ANN.id(), 3, ErrorCode.UNSUPPORTED));
    }

    private void join(Player player, @Nullable Position at) {
        apply(new Action.Join(player, Inventory.EMPTY, at, 0));
    }

    private void apply(Action action) {
        rules.apply(action, NOW, effects);
    }
}
