package tavern.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import tavern.server.guard.ReplayBudget;

/**
 * P-21: numbers the room's events and keeps the newest ones for members that resume. The log is bounded in number, age
 * and bytes: a replay is sent in one go, and must not turn the resuming client into a slow reader. All such logs also
 * share one budget.
 */
@OnRoomThread
final class EventLog {
    private record Entry(byte[] frame, long atMillis) {}

    /** The memory an event takes besides its bytes: the array's header, the entry, and its place in the queue. */
    private static final int ENTRY_BYTES = 48;

    private final int eventsMax;
    private final long ageMillisMax;
    private final long bytesMax;
    private final ReplayBudget.Share share;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long lastSeq;
    private long bytes;
    private boolean closed;

    /** @param share of the memory that all such logs have together */
    EventLog(int eventsMax, long ageMillisMax, long bytesMax, ReplayBudget.Share share) {
        this.eventsMax = eventsMax;
        this.ageMillisMax = ageMillisMax;
        this.bytesMax = bytesMax;
        this.share = share;
    }

    long nextSeq() {
        return lastSeq + 1;
    }

    long lastSeq() {
        return lastSeq;
    }

    /** Keeps the event that was encoded with {@link #nextSeq}, and drops the oldest ones to make room for it. */
    void append(byte[] frame, long nowMillis) {
        lastSeq++;
        if (closed) {
            return;
        }
        forgetBefore(nowMillis - ageMillisMax);
        while (!entries.isEmpty() && (entries.size() >= eventsMax || bytes + frame.length > bytesMax)) {
            forgetOldest();
        }
        while (!share.grow(frame.length + ENTRY_BYTES)) {
            if (entries.isEmpty()) {
                return;
            }
            forgetOldest();
        }
        entries.addLast(new Entry(frame, nowMillis));
        bytes += frame.length;
        if (entries.size() > eventsMax || bytes > bytesMax) {
            forgetOldest();
        }
    }

    /** An event, as it is kept. */
    @SuppressWarnings("ArrayRecordComponent")
    record Kept(byte[] frame, long ageMillis) {}

    /** What is kept, oldest first. */
    List<Kept> kept(long nowMillis) {
        return entries.stream()
                .map(entry -> new Kept(entry.frame(), nowMillis - entry.atMillis()))
                .toList();
    }

    /** Goes on with the log of another server. Before anything is appended. @param events the newest, oldest first */
    void restore(long newest, List<Kept> events, long nowMillis) {
        lastSeq = newest - events.size();
        events.forEach(event -> append(event.frame(), nowMillis - event.ageMillis()));
    }

    /** Drops the events that are too old for any resume. @return the time at which the oldest remaining one will be */
    long forgetAllBefore(long nowMillis) {
        forgetBefore(nowMillis - ageMillisMax);
        return entries.isEmpty() ? Long.MAX_VALUE : entries.getFirst().atMillis() + ageMillisMax + 1;
    }

    /** Gives back the memory it holds; nobody resumes from this log any more. */
    void close() {
        closed = true;
        while (!entries.isEmpty()) {
            forgetOldest();
        }
    }

    private void forgetBefore(long millis) {
        while (!entries.isEmpty() && entries.getFirst().atMillis() < millis) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        int length = entries.removeFirst().frame().length;
        bytes -= length;
        share.shrink(length + ENTRY_BYTES);
    }

    /** Returns whether all events after {@code seq} are still kept. */
    boolean covers(long seq) {
        return seq <= lastSeq && lastSeq - seq <= entries.size();
    }

    /** The frames after {@code seq}, oldest first. */
    List<byte[]> after(long seq) {
        int missed = (int) (lastSeq - seq);
        List<byte[]> frames = new ArrayList<>(missed);
        int skip = entries.size() - missed;
        for (Entry entry : entries) {
            if (skip-- <= 0) {
                frames.add(entry.frame());
            }
        }
        return frames;
    }
}
