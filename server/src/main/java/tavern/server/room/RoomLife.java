package tavern.server.room;

import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;

/**
 * Where a room is in its life.
 *
 * <pre>
 *   OPEN ──leave──► LEAVING ──halt──► HALTED ──move──► MOVED
 *    ▲ │               │ │               │               ▲
 *    │ └─────close─────┼─┴──► CLOSED     │               │
 *    └──────stay───────┴───────stay──────┘   OPEN ──move─┘ (it could not go on with what another server had)
 * </pre>
 *
 * <p>Whether the room may be used while it is open is for its lease to say: {@link Tenure}.
 */
@OnRoomThread
final class RoomLife {
    private enum State {
        OPEN,
        /** P-108: it is about to move: nobody comes in, and what its members have asked for is still done. */
        LEAVING,
        /** P-108: all that is asked of it waits. */
        HALTED,
        /** Nothing is accepted any more; what is under way ends, and is written. */
        CLOSED,
        /** It is another server's. */
        MOVED
    }

    private final RoomId id;
    private final Runnable ended;

    /** Written on the room's thread. */
    private volatile WaitingLine<RoomId> gone = new WaitingLine<>();

    private State state = State.OPEN;

    /** @param ended called once the room is closed, on any thread */
    RoomLife(RoomId id, Runnable ended) {
        this.id = id;
        this.ended = ended;
    }

    /** Whether the room exists here, even if it is about to move. */
    boolean isOpen() {
        return state == State.OPEN || isMoving();
    }

    /** Whether new things may begin. */
    boolean isLive() {
        return state == State.OPEN;
    }

    boolean isMoving() {
        return state == State.LEAVING || state == State.HALTED;
    }

    boolean isLeaving() {
        return state == State.LEAVING;
    }

    boolean isHalted() {
        return state == State.HALTED;
    }

    boolean isMoved() {
        return state == State.MOVED;
    }

    void leave() {
        state = State.LEAVING;
    }

    void halt() {
        state = State.HALTED;
    }

    /** A room that is another server's stays that. */
    void close() {
        if (state != State.MOVED) {
            state = State.CLOSED;
        }
    }

    void move() {
        state = State.MOVED;
    }

    /** It does not move after all: those who wait for its end need not any more. */
    void stay() {
        state = State.OPEN;
        WaitingLine<RoomId> waiting = gone;
        gone = new WaitingLine<>();
        waiting.complete(id);
    }

    /** The room can be opened again. Safe on any thread. */
    void end() {
        ended.run();
        gone.complete(id);
    }

    /** Completes, in the order of the calls, after {@link #end} or {@link #stay}. Safe on any thread. */
    CompletionStage<RoomId> gone() {
        return gone.join();
    }
}
