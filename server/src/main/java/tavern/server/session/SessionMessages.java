package tavern.server.session;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.SessionHandover;

/**
 * What is told to a session: answers, and events, which are numbered and kept for a resume. Both go to its connection, or
 * to the server to which it is going. Confined to the lane.
 */
final class SessionMessages {
    private static final int EARLY_MAX = 256;
    private static final long EARLIER_MILLIS_MAX = 5_000;

    private final EventExecutor lane;
    private final SessionLink link;
    private final PersonalLog events;

    /** What is told to the session while events that were told to it earlier, elsewhere, are still to come. */
    private @Nullable List<ServerMessage.Builder> early;

    private @Nullable CompletableFuture<Void> earlier;

    /** What came too late for another server to which the session is going, or has gone. */
    private @Nullable LateMessages late;

    private boolean forgetting;
    private boolean ended;

    SessionMessages(EventExecutor lane, SessionLink link, PersonalLog events) {
        this.lane = lane;
        this.link = link;
        this.events = events;
    }

    /** Sends behind everything that rooms on the same thread have sent to everybody before. */
    void send(ServerMessage message) {
        Connection now = link.connection();
        if (late != null) {
            if (!message.hasRedirect()) { // its ticket is good for a session that is here
                late.add(LateMessages.Kind.ANSWER, message);
            }
        } else if (now != null) {
            now.post(message);
        }
    }

    void number(ServerMessage.Builder message) {
        List<ServerMessage.Builder> waiting = early;
        if (late != null) {
            late.add(LateMessages.Kind.EVENT, message.build());
        } else if (waiting == null) {
            numberNow(message);
        } else {
            waiting.add(message);
            if (waiting.size() > EARLY_MAX) {
                // P-115: what is told here stays in its order; what follows from elsewhere comes behind it.
                endOfEarlier();
            }
        }
    }

    private void numberNow(ServerMessage.Builder message) {
        if (!ended) {
            send(events.append(message));
            forgetOld();
        }
    }

    // ---- from another server ----

    /** Goes on with the events of the server from which the session comes. */
    void take(SessionHandover handover) {
        events.take(handover.getLastSessionSeq(), handover.getEventsList());
    }

    /** P-104: what the server on which the session was has been told comes first, and what is told here waits. */
    void awaitEarlier() {
        early = new ArrayList<>();
        earlier = new CompletableFuture<>();
        lane.schedule(this::endOfEarlier, EARLIER_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private void endOfEarlier() {
        List<ServerMessage.Builder> all = early;
        early = null;
        if (all != null) {
            all.forEach(this::numberNow);
        }
        if (earlier != null) {
            earlier.complete(null);
        }
    }

    /** Completes in the lane once all that the session was told elsewhere is here. */
    CompletionStage<Void> earlier() {
        return earlier == null ? CompletableFuture.completedFuture(null) : earlier;
    }

    /** Another server has brought what was told to the session there. */
    void brought(LateMessages.Kind kind, ServerMessage message) {
        switch (kind) {
            case EVENT -> {
                if (late != null) {
                    late.add(kind, message);
                } else {
                    numberNow(message.toBuilder());
                }
            }
            case ANSWER -> send(message);
            case ALL -> endOfEarlier();
        }
    }

    // ---- to another server ----

    /** What waits for the server to which the session is going, or has gone; null while it is here. */
    @Nullable
    LateMessages late() {
        return late;
    }

    /** From now on, what is told to the session waits. */
    void divert(LateMessages waiting) {
        late = waiting;
    }

    /** Ends {@link #divert}. @return what has waited */
    @Nullable
    LateMessages endDiversion() {
        LateMessages waiting = late;
        late = null;
        return waiting;
    }

    /** Writes down what another server has to know. @param lastSeen the number of the newest event that the client has */
    void describe(SessionHandover.Builder handover, long lastSeen) {
        handover.setLastSessionSeq(events.lastSeq()).addAllEvents(events.after(lastSeen));
    }

    // ---- for a resume ----

    /** Returns whether everything that a client missed after this event can be replayed. */
    boolean covers(long lastSeq) {
        return events.covers(lastSeq);
    }

    List<ServerMessage> missedAfter(long lastSeq) {
        return events.after(lastSeq);
    }

    long lastEvent() {
        return events.lastSeq();
    }

    long eventBytes() {
        return events.bytes();
    }

    /** Frees the memory of events that are too old for any resume, even when no others come. */
    private void forgetOld() {
        if (ended || forgetting) {
            return;
        }
        long waitMillis = events.forgetOld();
        forgetting = waitMillis > 0;
        if (forgetting) {
            lane.schedule(
                    () -> {
                        forgetting = false;
                        forgetOld();
                    },
                    waitMillis,
                    TimeUnit.MILLISECONDS);
        }
    }

    /** No event is numbered any more. */
    void end() {
        ended = true;
        events.close();
    }
}
