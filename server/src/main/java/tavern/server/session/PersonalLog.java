package tavern.server.session;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import tavern.protocol.v1.ServerMessage;
import tavern.server.guard.ReplayBudget;
import tavern.server.time.MonotonicClock;

/**
 * P-21: numbers a session's personal events and keeps the newest ones for a resume, as bytes, so that their size is
 * known. Bounded in number, age and bytes, and by the budget that all such logs share. Confined to its session's lane.
 */
final class PersonalLog {
    /** The memory an event takes besides its bytes: the array's header, the entry, and its place in the queue. */
    private static final int ENTRY_BYTES = 64;

    private record Entry(long seq, byte[] message, long atMillis) {}

    private final int eventsMax;
    private final long bytesMax;
    private final long ageMillisMax;
    private final ReplayBudget.Share share;
    private final MonotonicClock clock;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>(4);
    private long lastSeq;
    private long bytes;
    private boolean closed;

    /** @param share of the memory that all such logs have together */
    PersonalLog(int eventsMax, long bytesMax, long ageMillisMax, ReplayBudget.Share share, MonotonicClock clock) {
        this.eventsMax = eventsMax;
        this.bytesMax = bytesMax;
        this.ageMillisMax = ageMillisMax;
        this.share = share;
        this.clock = clock;
    }

    ServerMessage append(ServerMessage.Builder event) {
        ServerMessage numbered = event.setSessionSeq(++lastSeq).build();
        if (!closed) {
            keep(numbered.toByteArray());
        }
        return numbered;
    }

    private void keep(byte[] message) {
        long now = clock.millis();
        forgetBefore(now - ageMillisMax);
        while (!entries.isEmpty() && (entries.size() >= eventsMax || bytes + message.length > bytesMax)) {
            forgetOldest();
        }
        while (!share.grow(message.length + ENTRY_BYTES)) {
            if (entries.isEmpty()) {
                return;
            }
            forgetOldest();
        }
        entries.addLast(new Entry(lastSeq, message, now));
        bytes += message.length;
        if (entries.size() > eventsMax || bytes > bytesMax) {
            forgetOldest();
        }
    }

    /**
     * Drops what is too old for any resume. @return milliseconds until there is more to drop, or 0 when the log is
     * empty
     */
    long forgetOld() {
        long now = clock.millis();
        forgetBefore(now - ageMillisMax);
        return entries.isEmpty() ? 0 : entries.getFirst().atMillis() + ageMillisMax + 1 - now;
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
        int length = entries.removeFirst().message().length;
        bytes -= length;
        share.shrink(length + ENTRY_BYTES);
    }

    /** The number of the newest event, or 0 when there was none. */
    long lastSeq() {
        return lastSeq;
    }

    boolean covers(long seq) {
        return seq >= 0 && seq <= lastSeq && lastSeq - seq <= entries.size();
    }

    /** The events after this number, oldest first. */
    List<ServerMessage> after(long seq) {
        List<ServerMessage> missed = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.seq() > seq) {
                missed.add(parsed(entry.message()));
            }
        }
        return missed;
    }

    /** Goes on with the numbers and the events of a log on another server. @param newest oldest first */
    void take(long newestSeq, List<ServerMessage> newest) {
        lastSeq = newestSeq - newest.size();
        for (ServerMessage event : newest) {
            lastSeq++;
            keep(event.toByteArray());
        }
    }

    /** The bytes of the events that are kept. */
    long bytes() {
        return bytes;
    }

    private static ServerMessage parsed(byte[] message) {
        try {
            return ServerMessage.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message that was encoded here cannot be read", e);
        }
    }
}
