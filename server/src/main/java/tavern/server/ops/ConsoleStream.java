package tavern.server.ops;

import io.javalin.http.sse.SseClient;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;

/** One open console. Events that arrive while the previous one is still being written are dropped. */
final class ConsoleStream {
    private final SseClient client;
    private final Operator operator;
    private final @Nullable RoomId room;
    private final AtomicBoolean writing = new AtomicBoolean();
    /** An overview that arrived during a write; sent at the next call. */
    private volatile @Nullable String missed;

    ConsoleStream(SseClient client, Operator operator, @Nullable RoomId room) {
        this.client = client;
        this.operator = operator;
        this.room = room;
    }

    /** The operator whose token opened the console. */
    Operator operator() {
        return operator;
    }

    @Nullable
    RoomId room() {
        return room;
    }

    /** Confined to one thread. A part that has not changed is null. */
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
