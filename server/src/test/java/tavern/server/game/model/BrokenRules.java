package tavern.server.game.model;

import java.util.List;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.PersonalEvent;
import tavern.server.game.RoomEvent;
import tavern.server.game.RoomRules;
import tavern.server.game.Settlement;
import tavern.server.game.TestGame;
import tavern.server.game.TradeId;

/** The correct rules with one fault injected into their effects, to check that the model notices. */
abstract class BrokenRules implements RoomRules {
    private final RoomRules right = TestGame.rules();

    abstract Effects broken(Effects effects);

    @Override
    public void apply(Action action, long nowMillis, Effects effects) {
        right.apply(action, nowMillis, broken(effects));
    }

    @Override
    public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
        right.move(entity, seq, x, y, nowMillis, effects);
    }

    @Override
    public void tick(long nowMillis, Effects effects) {
        right.tick(nowMillis, broken(effects));
    }

    @Override
    public List<Entity> entities() {
        return right.entities();
    }

    @Override
    public boolean isSettling() {
        return right.isSettling();
    }

    /** Passes everything on unchanged. */
    static class Relay implements Effects {
        private final Effects effects;

        Relay(Effects effects) {
            this.effects = effects;
        }

        @Override
        public void refuse(PlayerId player, int seq, ErrorCode code, String text) {
            effects.refuse(player, seq, code, text);
        }

        @Override
        public void toRoom(RoomEvent event) {
            effects.toRoom(event);
        }

        @Override
        public void toPlayer(PlayerId player, int replyTo, PersonalEvent event) {
            effects.toPlayer(player, replyTo, event);
        }

        @Override
        public void moved(int entity, int x, int y, int seq) {
            effects.moved(entity, x, y, seq);
        }

        @Override
        public void moveRejected(int entity, int seq, int x, int y) {
            effects.moveRejected(entity, seq, x, y);
        }

        @Override
        public void lookUpTrade(TradeId trade) {
            effects.lookUpTrade(trade);
        }

        @Override
        public void settle(Settlement settlement) {
            effects.settle(settlement);
        }

        @Override
        public void readInventory(Player player) {
            effects.readInventory(player);
        }

        @Override
        public void expel(PlayerId player, ErrorCode code, String text) {
            effects.expel(player, code, text);
        }
    }
}
