package tavern.server.ops;

import io.javalin.http.sse.SseClient;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tavern.server.game.RoomId;

/** One console that is open. Events that come while the one before is still being written are left out. */
final class Watcher {
    private final SseClient client;
    private final @Nullable RoomId room;
    private final AtomicBoolean writing = new AtomicBoolean();
    /** An overview that came while something was being written; the next turn brings it. */
    private volatile @Nullable String missed;

    Watcher(SseClient client, @Nullable RoomId room) {
        this.client = client;
        this.room = room;
    }

    @Nullable
    RoomId room() {
        return room;
    }

    /** Of one thread; null: nothing new. */
    void send(@Nullable String overview, @Nullable String view, Executor writers) {
        if (overview != null) {
            missed = overview;
        }
        if ((missed == null && view == null) || !writing.compareAndSet(false, true)) {
            return;
        }
        String first = missed;
        missed = null;
        try {
            writers.execute(() -> write(first, view));
        } catch (RejectedExecutionException e) {
            writing.set(false);
        }
    }

    private void write(@Nullable String overview, @Nullable String view) {
        try {
            if (overview != null) {
                client.sendEvent("overview", overview);
            }
            if (view != null) {
                client.sendEvent("room", view);
            }
        } finally {
            writing.set(false);
        }
    }

    void close() {
        client.close();
    }
}
