package tavern.server.game;

import java.util.ArrayList;
import java.util.List;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;

/** Records all effects in order. */
public final class Recording implements Effects {
    public sealed interface Effect {}

    public record Refused(PlayerId player, int seq, ErrorCode code) implements Effect {}

    public record ToRoom(RoomEvent event) implements Effect {}

    public record ToPlayer(PlayerId player, int replyTo, PersonalEvent event) implements Effect {}

    public record Moved(int entity, int x, int y, int seq) implements Effect {}

    public record MoveRejected(int entity, int seq, int x, int y) implements Effect {}

    public record LookedUp(TradeId trade) implements Effect {}

    public record Settled(Settlement settlement) implements Effect {}

    public record InventoryNeeded(Player player) implements Effect {}

    public record Expelled(PlayerId player, ErrorCode code) implements Effect {}

    private final List<Effect> effects = new ArrayList<>();

    /** Returns the effects recorded since the last call. */
    public List<Effect> take() {
        List<Effect> taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    @Override
    public void refuse(PlayerId player, int seq, ErrorCode code, String text) {
        effects.add(new Refused(player, seq, code));
    }

    @Override
    public void toRoom(RoomEvent event) {
        effects.add(new ToRoom(event));
    }

    @Override
    public void toPlayer(PlayerId player, int replyTo, PersonalEvent event) {
        effects.add(new ToPlayer(player, replyTo, event));
    }

    @Override
    public void moved(int entity, int x, int y, int seq) {
        effects.add(new Moved(entity, x, y, seq));
    }

    @Override
    public void moveRejected(int entity, int seq, int x, int y) {
        effects.add(new MoveRejected(entity, seq, x, y));
    }

    @Override
    public void lookUpTrade(TradeId trade) {
        effects.add(new LookedUp(trade));
    }

    @Override
    public void settle(Settlement settlement) {
        effects.add(new Settled(settlement));
    }

    @Override
    public void readInventory(Player player) {
        effects.add(new InventoryNeeded(player));
    }

    @Override
    public void expel(PlayerId player, ErrorCode code, String text) {
        effects.add(new Expelled(player, code));
    }
}
