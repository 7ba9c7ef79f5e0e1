package tavern.server.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Move;
import tavern.protocol.v1.SessionHandover;

/**
 * A client's incoming requests: their numbers (P-10), their rates (P-60), and the queue behind a request that takes a
 * while, since requests are carried out in the order in which they were sent (P-17).
 *
 * <p>Confined to the event loop of the session's connection; the session's lane hands it from one connection to the
 * next.
 */
final class SessionInbox {
    static final int WAITING_MAX = 64;
    private static final int WAITING_BYTES_MAX = 64 * 1024;

    private final RateLimiter limiter;

    /** Written by the loop alone; the lane reads it to tell whether a Hello is late. */
    private volatile int lastSeq;

    /** The last number before the Hello with which the session resumed; 0 before any. */
    private volatile int seqBeforeHello;

    private boolean confirmed = true;
    private int holds;

    /** Holds that no request of the client has caused. */
    private int freezes;

    /** Frozen because it comes from another server. */
    private boolean hasArrived;

    /** With which the client has arrived, while something else holds the inbox that began when there was no stage. */
    private @Nullable SessionStage arrivedWith;

    /** Run once no request is under way any more, while the inbox is frozen. */
    private final List<Runnable> onceQuiet = new ArrayList<>(0);

    /** Created when the first request has to wait, since most sessions never have one. */
    private @Nullable ArrayDeque<ClientMessage> waiting;

    private int waitingBytes;

    /** Of the waiting moves, the newest counts (P-30). */
    private boolean hasMove;

    private int moveSeq;
    private int moveX;
    private int moveY;

    SessionInbox(RateLimiter limiter, int helloSeq) {
        this.limiter = limiter;
        this.lastSeq = helloSeq;
    }

    RateLimiter limiter() {
        return limiter;
    }

    /** The last number taken. Safe on any thread. */
    int lastSeq() {
        return lastSeq;
    }

    /** P-10: takes the next number. @return false when it is not above the last one, so that it may be a repeat */
    boolean takeSeq(int seq) {
        if (!canTakeSeq(seq)) {
            return false;
        }
        lastSeq = seq;
        return true;
    }

    /** Returns whether {@link #takeSeq} would take it. Safe on any thread. */
    boolean canTakeSeq(int seq) {
        return seq - lastSeq > 0;
    }

    /** P-20: the session resumes with this Hello. Whether the client has received its Welcome is not known yet. */
    void greeted(int helloSeq) {
        if (canTakeSeq(helloSeq)) {
            seqBeforeHello = lastSeq;
            lastSeq = helloSeq;
        }
        confirmed = false;
    }

    /** P-22: the highest number before this Hello, which may be a repeat. Safe on any thread. */
    int seqBefore(int helloSeq) {
        int last = lastSeq;
        return last == helloSeq ? seqBeforeHello : last;
    }

    /** @return whether this is the first message after a Welcome, which shows that the client has received it */
    boolean confirms() {
        boolean first = !confirmed;
        confirmed = true;
        return first;
    }

    /** Makes everything that comes from now on wait for {@link #release}. */
    void hold() {
        holds++;
    }

    boolean isHeld() {
        return holds > 0 || freezes > 0;
    }

    /** Makes everything that comes from now on wait for {@link #thaw}. @param quiet run once no request holds the inbox */
    void freeze(Runnable quiet) {
        freezes++;
        if (holds == 0) {
            quiet.run();
        } else {
            onceQuiet.add(quiet);
        }
    }

    /** @param stage null if there is none yet */
    void thaw(@Nullable SessionStage stage) {
        freezes--;
        goOn(stage);
    }

    private void goOn(@Nullable SessionStage stage) {
        SessionStage present = stage == null ? arrivedWith : stage;
        if (present != null && !isHeld()) {
            arrivedWith = null;
            carryOut(present);
        }
    }

    /** @return false when too much is waiting already */
    boolean enqueue(ClientMessage message) {
        ArrayDeque<ClientMessage> line = waiting;
        if (line == null) {
            line = new ArrayDeque<>();
            waiting = line;
        }
        int bytes = message.getSerializedSize();
        if (line.size() >= WAITING_MAX || waitingBytes + bytes > WAITING_BYTES_MAX) {
            return false;
        }
        waitingBytes += bytes;
        line.addLast(message);
        return true;
    }

    void enqueueMove(int seq, int x, int y) {
        hasMove = true;
        moveSeq = seq;
        moveX = x;
        moveY = y;
    }

    /**
     * Carries out the waiting requests, until one of them has to wait again.
     *
     * @param stage null if there is none yet
     */
    void release(@Nullable SessionStage stage) {
        holds--;
        if (holds == 0 && !onceQuiet.isEmpty()) {
            List<Runnable> all = List.copyOf(onceQuiet);
            onceQuiet.clear();
            all.forEach(Runnable::run);
        }
        goOn(stage);
    }

    private void carryOut(SessionStage stage) {
        while (!isHeld()) {
            ArrayDeque<ClientMessage> line = waiting;
            ClientMessage next = line == null ? null : line.peekFirst();
            if (hasMove && (next == null || next.getSeq() - moveSeq > 0)) {
                hasMove = false;
                stage.move(moveSeq, moveX, moveY);
            } else if (line != null && next != null) {
                line.removeFirst();
                waitingBytes -= next.getSerializedSize();
                stage.perform(next);
            } else {
                waiting = null;
                return;
            }
        }
    }

    /** P-104: what another server has to know. */
    void describe(SessionHandover.Builder handover) {
        handover.setLastClientSeq(lastSeq).setSeqBeforeHello(seqBeforeHello).setWelcomeConfirmed(confirmed);
        if (waiting != null) {
            handover.addAllWaiting(waiting);
        }
        if (hasMove) {
            handover.addWaiting(ClientMessage.newBuilder()
                    .setSeq(moveSeq)
                    .setMove(Move.newBuilder().setX(moveX).setY(moveY)));
        }
    }

    /** The inbox of a session from another server; frozen until its client is here. */
    static SessionInbox of(SessionHandover handover, RateLimiter limiter) {
        SessionInbox inbox = new SessionInbox(limiter, handover.getLastClientSeq());
        inbox.seqBeforeHello = handover.getSeqBeforeHello();
        inbox.confirmed = handover.getWelcomeConfirmed();
        inbox.freezes = handover.getRoom().isEmpty() ? 1 : 2; // the other until the player has the seat that waits
        inbox.hasArrived = true;
        for (ClientMessage request : handover.getWaitingList()) {
            if (request.hasMove()) {
                inbox.enqueueMove(
                        request.getSeq(),
                        request.getMove().getX(),
                        request.getMove().getY());
            } else {
                inbox.enqueue(request);
            }
        }
        return inbox;
    }

    /** The client of a session from another server has its Welcome: what it asked for before is carried out. */
    void arrived(SessionStage stage) {
        if (hasArrived) {
            hasArrived = false;
            arrivedWith = stage;
            thaw(stage);
        }
    }

    /** Drops the waiting requests. */
    void clear() {
        waiting = null;
        waitingBytes = 0;
        hasMove = false;
    }
}
