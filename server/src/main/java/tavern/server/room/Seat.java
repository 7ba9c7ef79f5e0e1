package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.server.game.Position;

/** A member's place in a room: kept, without an outlet, while the connection is lost. */
@OnRoomThread
final class Seat {
    /** A seat of a room that has come from another server is kept by an {@link AwaitedMember} until its session is here. */
    RoomMember member;

    final MoveSlot.Sink mover;
    private final TokenBucket pace;
    MoveSlot moves;
    int entity;

    /** P-81: only watches. Has no entity, and no part in the rules. */
    boolean isSpectator;

    /** The room's game was told that the connection is lost. */
    boolean isDropped;

    @Nullable
    Outlet outlet;

    @Nullable
    Position saved;

    /** @param pace P-60: how often the member may move */
    Seat(RoomMember member, MoveSlot moves, TokenBucket pace, Mover mover) {
        this.member = member;
        this.pace = pace;
        this.moves = moves;
        this.mover = (seq, x, y) -> mover.move(this, seq, x, y);
    }

    PlayerId player() {
        return member.player().id();
    }

    /**
     * Makes the newest move, if its time has come.
     *
     * @return false when it is too early for another move; it waits in the slot, where a newer one may replace it
     */
    boolean takeMove(long nowMillis) {
        if (moves.isEmpty()) {
            return true;
        }
        if (isSpectator) {
            dropMove();
            return true;
        }
        if (pace.tryTake(nowMillis) > 0) {
            return false;
        }
        moves.take(mover);
        return true;
    }

    /** Makes the newest move, however early: no later one will come from this slot. */
    void takeLastMove() {
        if (!isSpectator) {
            moves.take(mover);
        }
    }

    /** The room is suspended, or a spectator: moves do not count. */
    void dropMove() {
        moves.take((seq, x, y) -> {});
    }

    @FunctionalInterface
    interface Mover {
        void move(Seat seat, int seq, int x, int y);
    }
}
