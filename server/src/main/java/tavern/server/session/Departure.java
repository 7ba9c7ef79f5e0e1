package tavern.server.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.SessionHandover;

/** P-104: how a session goes to another server, or stays after all. Confined to the lane. */
final class Departure {
    private final Session session;
    private final SessionLink link;
    private final SessionMessages messages;

    /** Another server is about to get the session; completes once that is decided. */
    private @Nullable CompletableFuture<Void> given;

    private boolean isStopped;

    Departure(Session session, SessionLink link, SessionMessages messages) {
        this.session = session;
        this.link = link;
        this.messages = messages;
    }

    /** Returns whether the session is going to another server, or has gone. */
    boolean isUnderWay() {
        return given != null || messages.late() != null;
    }

    /** Another server is about to get the session; undone by {@link #stay}. */
    void give() {
        given = new CompletableFuture<>();
    }

    /** Completes in the lane once the session is here, or has ended here; not while it is going to another server. */
    CompletionStage<Void> decided() {
        return given == null ? CompletableFuture.completedFuture(null) : given;
    }

    /** The session is here, or has ended here. */
    void decide() {
        CompletableFuture<Void> waiting = given;
        given = null;
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    /**
     * Takes the connection away and lets requests under way end; completes in the lane, with what the inbox has to tell.
     * Undone by {@link #stay}.
     */
    CompletionStage<SessionHandover.Builder> stopIntake() {
        isStopped = true;
        Connection previous = link.connection();
        if (previous != null) {
            session.detach(previous);
        }
        return link.stopIntake(previous);
    }

    /**
     * Writes down what another server has to know. From now on, what is told to the session waits.
     *
     * @param handover with what the inbox has told
     * @param lastSeen the number of the newest event that the client has
     */
    SessionHandover go(SessionHandover.Builder handover, long lastSeen, LateMessages waiting) {
        messages.divert(waiting);
        session.cancelExpiry();
        session.describe(handover);
        messages.describe(handover, lastSeen);
        return handover.build();
    }

    /** The other server did not take the session: it goes on here, and waits for a client. */
    void stay() {
        LateMessages waiting = messages.endDiversion();
        if (isStopped) {
            isStopped = false;
            link.thaw();
        }
        if (waiting != null) {
            waiting.giveBack();
        }
        if (!session.isEnded() && link.connection() == null) {
            session.expireLater();
        }
        decide();
    }
}
