package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;

/** A member's place in a room: kept, without an outlet, while the connection is lost. */
@OnRoomThread
final class Seat {
    final Member member;
    final MoveSlot.Sink mover;
    MoveSlot moves;
    int entity;

    @Nullable
    Outlet outlet;

    @Nullable
    Position saved;

    Seat(Member member, MoveSlot moves, Mover mover) {
        this.member = member;
        this.moves = moves;
        this.mover = (seq, x, y) -> mover.move(this, seq, x, y);
    }

    PlayerId player() {
        return member.player().id();
    }

    void takeMove() {
        moves.take(mover);
    }

    /** The room is suspended: where the player wanted to be meanwhile counts for nothing. */
    void dropMove() {
        moves.take((seq, x, y) -> {});
    }

    @FunctionalInterface
    interface Mover {
        void move(Seat seat, int seq, int x, int y);
    }
}
