package tavern.server.guard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * P-21: numbers events and keeps the newest ones for clients that resume, as bytes, so that their size is known. The log is
 * bounded in number, age and bytes: a replay is sent in one go, and must not turn the resuming client into a slow reader.
 * All such logs also share one budget. Confined to its owner's thread.
 */
public final class ReplayLog {
    private record Entry(byte[] event, long atMillis) {}

    /** The memory an event takes besides its bytes: the array's header, the entry, and its place in the queue. */
    private static final int ENTRY_BYTES = 48;

    private final int eventsMax;
    private final long ageMillisMax;
    private final long bytesMax;
    private final ReplayBudget.Share share;

    /** Those up to {@link #lastSeq}, without a gap. Small at first: most players are told little. */
    private final ArrayDeque<Entry> entries = new ArrayDeque<>(4);

    private long lastSeq;
    private long bytes;
    private boolean closed;

    /** @param share of the memory that all such logs have together */
    public ReplayLog(int eventsMax, long ageMillisMax, long bytesMax, ReplayBudget.Share share) {
        this.eventsMax = eventsMax;
        this.ageMillisMax = ageMillisMax;
        this.bytesMax = bytesMax;
        this.share = share;
    }

    public long nextSeq() {
        return lastSeq + 1;
    }

    /** The number of the newest event, or 0 when there was none. */
    public long lastSeq() {
        return lastSeq;
    }

    /** Keeps the event that was encoded with {@link #nextSeq}, and drops the oldest ones to make room for it. */
    public void append(byte[] event, long nowMillis) {
        lastSeq++;
        if (closed) {
            return;
        }
        forgetBefore(nowMillis - ageMillisMax);
        while (!entries.isEmpty() && (entries.size() >= eventsMax || bytes + event.length > bytesMax)) {
            forgetOldest();
        }
        while (!share.grow(event.length + ENTRY_BYTES)) {
            if (entries.isEmpty()) {
                return;
            }
            forgetOldest();
        }
        entries.addLast(new Entry(event, nowMillis));
        bytes += event.length;
        if (entries.size() > eventsMax || bytes > bytesMax) {
            forgetOldest();
        }
    }

    /** An event, as it is kept. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Kept(byte[] event, long ageMillis) {}

    /** What is kept, oldest first. */
    public List<Kept> kept(long nowMillis) {
        return entries.stream()
                .map(entry -> new Kept(entry.event(), nowMillis - entry.atMillis()))
                .toList();
    }

    /** Goes on with the log of another server. Before anything is appended. @param events the newest, oldest first */
    public void restore(long newest, List<Kept> events, long nowMillis) {
        lastSeq = newest - events.size();
        events.forEach(event -> append(event.event(), nowMillis - event.ageMillis()));
    }

    /** Drops the events that are too old for any resume. @return the time at which the oldest remaining one will be */
    public long forgetOld(long nowMillis) {
        forgetBefore(nowMillis - ageMillisMax);
        return entries.isEmpty() ? Long.MAX_VALUE : entries.getFirst().atMillis() + ageMillisMax + 1;
    }

    /** Gives back the memory it holds; nobody resumes from this log any more. */
    public void close() {
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
        int length = entries.removeFirst().event().length;
        bytes -= length;
        share.shrink(length + ENTRY_BYTES);
    }

    /** Returns whether all events after {@code seq} are still kept. */
    public boolean covers(long seq) {
        return seq >= 0 && seq <= lastSeq && lastSeq - seq <= entries.size();
    }

    /** The events after {@code seq}, oldest first. */
    public List<byte[]> after(long seq) {
        long skip = entries.size() - (lastSeq - seq);
        List<byte[]> events = new ArrayList<>();
        for (Entry entry : entries) {
            if (skip-- <= 0) {
                events.add(entry.event());
            }
        }
        return events;
    }

    /** The bytes of the events that are kept. */
    public long bytes() {
        return bytes;
    }
}
