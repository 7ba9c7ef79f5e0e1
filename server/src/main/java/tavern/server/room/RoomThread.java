package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;

/**
 * The thread that owns a room, and whether it is the room's turn on it: connections and other rooms use the same
 * thread. The check is always on, as it costs two comparisons.
 */
final class RoomThread {
    private final String owner;
    private final EventExecutor executor;

    /** Confined to the thread. */
    private boolean turn;

    RoomThread(String owner, EventExecutor executor) {
        this.owner = owner;
        this.executor = executor;
    }

    void begins() {
        require(executor.inEventLoop());
        turn = true;
    }

    void ends() {
        turn = false;
    }

    void require() {
        require(turn && executor.inEventLoop());
    }

    private void require(boolean isOurs) {
        if (!isOurs) {
            throw new IllegalStateException(
                    owner + " belongs to its room's turn on its thread, but was used outside of it on "
                            + Thread.currentThread().getName() + "; send it a command with Room.command instead");
        }
    }
}
