package tavern.server.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** P-21: numbers the room's events and keeps the newest for members that resume. Bounded in number and age. */
@OnRoomThread
final class EventLog {
    private record Entry(byte[] frame, long atMillis) {}

    private final int eventsMax;
    private final long ageMillisMax;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long lastSeq;

    EventLog(int eventsMax, long ageMillisMax) {
        this.eventsMax = eventsMax;
        this.ageMillisMax = ageMillisMax;
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
        while (entries.size() > eventsMax || entries.getFirst().atMillis() < nowMillis - ageMillisMax) {
            entries.removeFirst();
        }
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
