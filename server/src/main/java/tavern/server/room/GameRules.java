package tavern.server.room;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.Inventory;
import tavern.server.game.MoveCheck;
import tavern.server.game.OpenOffer;
import tavern.server.game.RoomRules;

/** The rules of a room with a game: the built-in ones, as far as the room's type has them, and the game beside them. */
@OnRoomThread
final class GameRules implements RoomRules {
    private final RoomRules builtIn;
    private final Seats seats;
    private final Beside game;

    /** The game's part in what rules do. */
    interface Beside {
        /** The room's, as it is now. */
        RoomType type();

        void said(Action.Custom message);

        /** The rules are about to forget the player. */
        void leaves(PlayerId player);

        /** As {@link RoomRules#passTime}. */
        void passTime(int permille, long nowMillis);

        void tick(long nowMillis);

        /** As {@link RoomRules#restsUntil}. */
        long restsUntil(long nowMillis);

        boolean isSettling();
    }

    GameRules(RoomRules builtIn, Seats seats, Beside game) {
        this.builtIn = builtIn;
        this.seats = seats;
        this.game = game;
    }

    @Override
    public void apply(Action action, long nowMillis, Effects effects) {
        if (action instanceof Action.Custom message) {
            game.said(message);
        } else if (action instanceof Action.Chat said && !game.type().chat()) {
            refuse(said, "chat", effects);
        } else if (action instanceof Action.ByPlayer request
                && isOfTrade(request)
                && !game.type().trades()) {
            refuse(request, "trades", effects);
        } else {
            if (action instanceof Action.Leave left) {
                game.leaves(left.player());
            }
            builtIn.apply(action, nowMillis, effects);
        }
    }

    private static boolean isOfTrade(Action.ByPlayer request) {
        return request instanceof Action.OfferTrade
                || request instanceof Action.AcceptTrade
                || request instanceof Action.DeclineTrade
                || request instanceof Action.CancelTrade;
    }

    private void refuse(Action.ByPlayer request, String what, Effects effects) {
        refuse(request.player(), request.seq(), what, effects);
    }

    private void refuse(PlayerId player, int seq, String what, Effects effects) {
        effects.refuse(
                player,
                seq,
                ErrorCode.UNSUPPORTED,
                "rooms of type " + game.type().name() + " have no " + what);
    }

    @Override
    public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
        if (game.type().moves()) {
            builtIn.move(entity, seq, x, y, nowMillis, effects);
            return;
        }
        Seat seat = seats.ofEntity(entity);
        if (seat != null) {
            refuse(seat.player(), seq, "moves", effects);
        }
    }

    @Override
    public void passTime(int permille, long nowMillis) {
        builtIn.passTime(permille, nowMillis);
        game.passTime(permille, nowMillis);
    }

    @Override
    public void tick(long nowMillis, Effects effects) {
        builtIn.tick(nowMillis, effects);
        game.tick(nowMillis);
    }

    @Override
    public long restsUntil(long nowMillis) {
        return Math.min(builtIn.restsUntil(nowMillis), game.restsUntil(nowMillis));
    }

    /** A timer may run out. */
    @Override
    public boolean runsEmpty() {
        return true;
    }

    @Override
    public void checkMoves(MoveCheck check) {
        builtIn.checkMoves(check);
    }

    @Override
    public void place(int entity, int x, int y, Effects effects) {
        builtIn.place(entity, x, y, effects);
    }

    @Override
    public List<Entity> entities() {
        return builtIn.entities();
    }

    @Override
    public boolean isSettling() {
        return builtIn.isSettling() || game.isSettling();
    }

    @Override
    public @Nullable Inventory inventory(PlayerId player) {
        return builtIn.inventory(player);
    }

    @Override
    public List<OpenOffer> offers() {
        return builtIn.offers();
    }

    @Override
    public boolean isMovable() {
        return builtIn.isMovable();
    }

    @Override
    public void restore(Entity as, Inventory inventory, long mutedUntilMillis, long nowMillis) {
        builtIn.restore(as, inventory, mutedUntilMillis, nowMillis);
    }

    @Override
    public void restore(OpenOffer offer) {
        builtIn.restore(offer);
    }
}
