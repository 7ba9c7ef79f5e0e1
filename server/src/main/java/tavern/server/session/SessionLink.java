package tavern.server.session;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.SessionHandover;

/**
 * The connection that a session has at present, its stage, and the way to the {@link SessionInbox}, which belongs to the
 * loop of the connection that has brought the last requests. Confined to the lane, except where marked.
 */
final class SessionLink {
    private final EventExecutor lane;
    private final SessionInbox inbox;

    /** Volatile for other readers. */
    private volatile @Nullable Connection connection;

    private @Nullable SessionStage stage;
    private EventExecutor inboxLoop;
    private boolean ended;

    SessionLink(EventExecutor lane, SessionInbox inbox) {
        this.lane = lane;
        this.inbox = inbox;
        this.inboxLoop = lane;
    }

    SessionInbox inbox() {
        return inbox;
    }

    /** Null while it is lost. Safe on any thread. */
    @Nullable
    Connection connection() {
        return connection;
    }

    /** The connection of a session that begins. */
    void begin(Connection first, SessionStage at) {
        attach(first, at);
        inboxLoop = first.loop();
    }

    void attach(Connection next, SessionStage at) {
        connection = next;
        stage = at;
    }

    /** @return false when it is not the present one */
    boolean detach(Connection lost) {
        if (connection != lost) {
            return false;
        }
        connection = null;
        return true;
    }

    /** Goes on in another stage, over the same connection; does nothing before the first one. */
    void become(Function<Connection, SessionStage> stageOver) {
        SessionStage now = stage;
        if (now != null) {
            SessionStage next = stageOver.apply(now.connection);
            stage = next;
            next.connection.loop().execute(() -> next.connection.become(next));
        }
    }

    /** Holds the inbox, then continues in the lane. */
    CompletionStage<Void> hold() {
        CompletableFuture<Void> held = new CompletableFuture<>();
        inboxLoop.execute(() -> {
            inbox.hold();
            lane.execute(() -> held.complete(null));
        });
        return held;
    }

    void release() {
        SessionStage now = stage;
        if (!ended) {
            inboxLoop.execute(() -> inbox.release(now));
        }
    }

    /** Completes on the inbox's loop once no request is under way; those that come wait. */
    CompletionStage<Void> freeze() {
        CompletableFuture<Void> frozen = new CompletableFuture<>();
        inboxLoop.execute(() -> inbox.freeze(() -> frozen.complete(null)));
        return frozen;
    }

    void thaw() {
        SessionStage now = stage;
        if (!ended) {
            inboxLoop.execute(() -> inbox.thaw(now));
        }
    }

    /** Closes a connection that was detached, and freezes the inbox; completes in the lane, with what it has to tell. */
    CompletionStage<SessionHandover.Builder> stopIntake(@Nullable Connection previous) {
        CompletableFuture<SessionHandover.Builder> told = new CompletableFuture<>();
        inboxLoop.execute(() -> {
            if (previous != null) {
                previous.closeQuietly();
            }
            inbox.freeze(() -> {
                SessionHandover.Builder handover = SessionHandover.newBuilder();
                inbox.describe(handover);
                lane.execute(() -> told.complete(handover));
            });
        });
        return told;
    }

    /**
     * Hands the inbox over: once {@code then} runs in the lane, the old connection delivers nothing more, and what it
     * has delivered counts.
     *
     * @param mayTake whether the new connection gets it, asked in the lane
     */
    void handOver(Connection to, @Nullable Connection previous, BooleanSupplier mayTake, Runnable then) {
        inboxLoop.execute(() -> {
            if (previous != null) {
                previous.closeQuietly();
            }
            lane.execute(() -> {
                if (mayTake.getAsBoolean()) {
                    inboxLoop = to.loop();
                }
                then.run();
            });
        });
    }

    /** Nothing is taken from the inbox any more. @return the last connection, which is to be closed */
    @Nullable
    Connection end() {
        ended = true;
        Connection last = connection;
        connection = null;
        stage = null; // it holds the connection, which would live as long as whatever holds the session
        return last;
    }
}
