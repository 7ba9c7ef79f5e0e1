package tavern.server.room;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.engine.FlightRecorder;
import tavern.engine.RecorderMemory;
import tavern.engine.RecordingFile;
import tavern.engine.recorded.RecordingHeader;
import tavern.game.RoomId;

/**
 * The memory of all recordings. Those of rooms that are closed stay until others need the memory, the oldest first. Safe on any
 * thread; locked for moments.
 */
public final class RecordingMemory implements RecorderMemory {
    private record Closed(RecordingFile recording, long bytes) {}

    private final long roomBytes;
    private final long totalBytes;
    private final String version;
    private final Map<RoomId, Closed> closed = new LinkedHashMap<>();
    private long usedBytes;

    /** @param version of this server, for whoever reads a recording later */
    public RecordingMemory(long roomBytes, long totalBytes, String version, MeterRegistry metrics) {
        this.roomBytes = roomBytes;
        this.totalBytes = totalBytes;
        this.version = version;
        metrics.gauge("tavern.recordings.bytes", this, RecordingMemory::usedBytes);
    }

    FlightRecorder recorder(RoomType type) {
        return type.isRecorded() ? new FlightRecorder(this, roomBytes) : FlightRecorder.off();
    }

    RecordingHeader.Builder header(RoomType type, long nowMillis) {
        return RecordingHeader.newBuilder()
                .setType(type.name())
                .setSavedMs(nowMillis)
                .setServer(version);
    }

    @Override
    public synchronized boolean take(long bytes) {
        Iterator<Closed> oldest = closed.values().iterator();
        while (usedBytes + bytes > totalBytes && oldest.hasNext()) {
            usedBytes -= oldest.next().bytes();
            oldest.remove();
        }
        if (usedBytes + bytes > totalBytes) {
            return false;
        }
        usedBytes += bytes;
        return true;
    }

    @Override
    public synchronized void give(long bytes) {
        usedBytes -= bytes;
    }

    /** The room is closed; its recorder has given its memory back. Takes the place of an earlier life's. */
    synchronized void keep(RoomId room, RecordingFile recording) {
        forget(room);
        long bytes = recording.bytes();
        if (!recording.entries().isEmpty() && take(bytes)) {
            closed.put(room, new Closed(recording, bytes));
        }
    }

    /** What was recorded of the last life of a room that has ended; null for nothing. */
    synchronized @Nullable RecordingFile closed(RoomId room) {
        Closed found = closed.get(room);
        return found == null ? null : found.recording();
    }

    private void forget(RoomId room) {
        Closed before = closed.remove(room);
        if (before != null) {
            usedBytes -= before.bytes();
        }
    }

    private synchronized double usedBytes() {
        return usedBytes;
    }
}
