package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;

/**
 * The thread that owns a room, and whether it is the room's turn on it: connections and other rooms use the same
 * thread. The check is always on: it costs two comparisons.
 */
final class RoomThread {
    private final String owner;
    private final EventExecutor executor;

    /** Of the thread. */
    private boolean turn;

    RoomThread(String owner, EventExecutor executor) {
        this.owner = owner;
        this.executor = executor;
    }

    /** On the thread. */
    void begins() {
        turn = true;
    }

    void ends() {
        turn = false;
    }

    void require() {
        if (!executor.inEventLoop() || !turn) {
            throw new IllegalStateException(
                    owner + " belongs to its room's turn on its thread, but was used outside of it on "
                            + Thread.currentThread().getName() + "; send it a command with Room.command instead");
        }
    }
}
