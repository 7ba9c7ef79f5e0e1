package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;

/** The thread that owns a room. The check is always on: it costs a comparison. */
record RoomThread(String owner, EventExecutor executor) {
    void require() {
        if (!executor.inEventLoop()) {
            throw new IllegalStateException(owner + " belongs to its room's thread, but was used on "
                    + Thread.currentThread().getName() + "; send it a command with Room.command instead");
        }
    }
}
