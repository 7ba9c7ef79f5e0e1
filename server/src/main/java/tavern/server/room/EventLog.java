package tavern.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * P-21: numbers the room's events and keeps the newest for members that resume. Bounded in number, age, and bytes: what
 * is replayed goes out at one go, and must not make a slow reader of who resumes.
 */
@OnRoomThread
final class EventLog {
    private record Entry(byte[] frame, long atMillis) {}

    private final int eventsMax;
    private final long ageMillisMax;
    private final long bytesMax;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long lastSeq;
    private long bytes;

    EventLog(int eventsMax, long ageMillisMax, long bytesMax) {
        this.eventsMax = eventsMax;
        this.ageMillisMax = ageMillisMax;
        this.bytesMax = bytesMax;
    }

    long nextSeq() {
        return lastSeq + 1;
    }

    long lastSeq() {
        return lastSeq;
    }

    /** Keeps the event that was encoded with {@link #nextSeq}. */
    void append(byte[] frame, long nowMillis) {
        lastSeq++;
        entries.addLast(new Entry(frame, nowMillis));
        bytes += frame.length;
        while (!entries.isEmpty() && isTooMuch(nowMillis)) {
            bytes -= entries.removeFirst().frame().length;
        }
    }

    private boolean isTooMuch(long nowMillis) {
        return entries.size() > eventsMax
                || bytes > bytesMax
                || entries.getFirst().atMillis() < nowMillis - ageMillisMax;
    }

    /** Whether all events after {@code seq} are still there. */
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
