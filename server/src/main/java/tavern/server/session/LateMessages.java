package tavern.server.session;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ServerMessage;
import tavern.server.store.Causes;
import tavern.server.store.Stages;
import tavern.server.time.MonotonicClock;

/**
 * P-115: what is told to a session here after its state was written down for another server. Once that has taken it, this
 * follows, one message after another, in order. {@link LateArrivals} is the other side. Confined to the session's lane.
 *
 * <p>Each message has a number within the hand-over, and is repeated until the other server has answered: so a cut between
 * the servers delays it, and the other one knows a repetition by its number. It is given up after {@link #AGE_MILLIS_MAX}, and
 * when the other server does not know the hand-over any more, which ends with the session.
 */
final class LateMessages {
    private static final Logger log = LoggerFactory.getLogger(LateMessages.class);

    /** The first word of the question that brings one; hand-over, number, kind, message. */
    static final String QUESTION = "late";

    static final int QUESTION_WORDS = 5;

    /** What is brought. */
    enum Kind {
        /** It gets a number there. */
        EVENT,

        /** It is sent as it is. */
        ANSWER,

        /** All that was told here before the other server had the session has been brought: no message. */
        ALL
    }

    private static final int WAITING_MAX = 512;

    /** Longer than any of the store's own time limits, so that a cut of minutes loses nothing. */
    private static final long AGE_MILLIS_MAX = 300_000;

    /** A server that has just taken a session, and has not opened it yet, does not know it for moments. */
    private static final long UNKNOWN_MILLIS_MAX = 10_000;

    private static final long RETRY_MILLIS_MIN = 100;
    private static final long RETRY_MILLIS_MAX = 2_000;

    /**
     * The session as it is known here.
     *
     * @param number tells it an event, if it stays after all
     * @param send sends it what has no number, if it stays
     */
    record Left(String id, EventExecutor lane, Consumer<ServerMessage.Builder> number, Consumer<ServerMessage> send) {
        /** It does not come back, and need not be held any more. */
        Left gone() {
            return new Left(id, lane, event -> {}, answer -> {});
        }
    }

    private record Late(long number, Kind kind, ServerMessage message, long sinceMillis) {
        int bytes() {
            return message.getSerializedSize();
        }
    }

    private Left session;
    private final RealmSessions realm;
    private final String handover;
    private final String to;
    private final LateBudget budget;
    private final MonotonicClock clock;
    private final ArrayDeque<Late> waiting = new ArrayDeque<>();
    private long numbers;
    private boolean isFollowing;

    /** Or waits to send again. */
    private boolean isSending;

    private long retryMillis = RETRY_MILLIS_MIN;

    /** Since when the other server has said that it does not know the hand-over; 0 when it has not. */
    private long unknownSinceMillis;

    /**
     * @param handover its id, which both servers know
     * @param to the server to which the session is going
     */
    LateMessages(
            Left session, RealmSessions realm, String handover, String to, LateBudget budget, MonotonicClock clock) {
        this.session = session;
        this.realm = realm;
        this.handover = handover;
        this.to = to;
        this.budget = budget;
        this.clock = clock;
    }

    /** The server to which the session is going. */
    String to() {
        return to;
    }

    void add(Kind kind, ServerMessage message) {
        if (waiting.size() >= WAITING_MAX || !budget.take(message.getSerializedSize())) {
            budget.lost(1);
            log.warn(
                    "session {} has gone to {}, and something that it was told does not follow: {} messages ({} bytes with those"
                            + " of other sessions) wait to follow already",
                    session.id(),
                    to,
                    waiting.size(),
                    budget.usedBytes());
            return;
        }
        waiting.add(new Late(++numbers, kind, message, clock.millis()));
        next();
    }

    /** The other server has the session. */
    void follow() {
        isFollowing = true;
        session = session.gone();
        waiting.add(new Late(++numbers, Kind.ALL, ServerMessage.getDefaultInstance(), clock.millis()));
        budget.take(0);
        next();
    }

    /** Another server has brought this for the session, which has gone on from here: it follows it. */
    void passOn(Kind kind, ServerMessage message) {
        // That server's ALL tells nothing to the next one; and a ticket is good for a session that is here.
        if (kind != Kind.ALL && !message.hasRedirect()) {
            add(kind, message);
        }
    }

    /** The session stays after all: tells it what has come meanwhile. */
    void giveBack() {
        for (Late late = poll(); late != null; late = poll()) {
            if (late.kind() == Kind.EVENT) {
                session.number().accept(late.message().toBuilder());
            } else {
                session.send().accept(late.message());
            }
        }
    }

    private @Nullable Late poll() {
        Late late = waiting.poll();
        if (late != null) {
            budget.give(late.bytes());
        }
        return late;
    }

    private void sendNext() {
        isSending = false;
        next();
    }

    private void next() {
        Late late = waiting.peek();
        if (late == null || !isFollowing || isSending) {
            return;
        }
        isSending = true;
        List<String> words = List.of(
                QUESTION,
                handover,
                Long.toString(late.number()),
                late.kind().name(),
                Base64.getUrlEncoder().encodeToString(late.message().toByteArray()));
        Stages.begin(() -> realm.ask(to, words)).whenCompleteAsync(this::answered, session.lane());
    }

    /** @param taken false when the other server does not know the hand-over */
    private void answered(@Nullable Boolean taken, @Nullable Throwable failure) {
        long nowMillis = clock.millis();
        if (failure == null && Boolean.TRUE.equals(taken)) {
            poll();
            unknownSinceMillis = 0;
            retryMillis = RETRY_MILLIS_MIN;
            sendNext();
            return;
        }
        if (failure != null) {
            unknownSinceMillis = 0;
            log.debug(
                    "session {} has gone to {}: {}",
                    session.id(),
                    to,
                    Causes.of(failure).getMessage());
        } else if (unknownSinceMillis == 0) {
            unknownSinceMillis = nowMillis;
        } else if (nowMillis - unknownSinceMillis > UNKNOWN_MILLIS_MAX) {
            giveUp(Long.MAX_VALUE, "it does not know the session any more");
        }
        giveUp(nowMillis - AGE_MILLIS_MAX, "it did not answer for " + AGE_MILLIS_MAX / 1_000 + " s");
        session.lane().schedule(this::sendNext, retryMillis, TimeUnit.MILLISECONDS);
        retryMillis = Math.min(RETRY_MILLIS_MAX, 2 * retryMillis);
    }

    private void giveUp(long untilMillis, String why) {
        int lost = 0;
        for (Late late = waiting.peek(); late != null && late.sinceMillis() <= untilMillis; late = waiting.peek()) {
            lost += late.kind() == Kind.ALL ? 0 : 1;
            poll();
        }
        if (lost > 0) {
            budget.lost(lost);
            log.warn("{} messages did not follow session {} to {}: {}", lost, session.id(), to, why);
        }
    }
}
