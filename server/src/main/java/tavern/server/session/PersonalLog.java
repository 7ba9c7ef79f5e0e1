package tavern.server.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import tavern.protocol.v1.ServerMessage;

/**
 * P-21: numbers a session's personal events and keeps the newest for a resume, bounded in number and in bytes. Guarded by
 * its session.
 */
final class PersonalLog {
    private final int eventsMax;
    private final long bytesMax;
    private final ArrayDeque<ServerMessage> events = new ArrayDeque<>(4);
    private long lastSeq;
    private long bytes;

    PersonalLog(int eventsMax, long bytesMax) {
        this.eventsMax = eventsMax;
        this.bytesMax = bytesMax;
    }

    ServerMessage append(ServerMessage.Builder event) {
        ServerMessage numbered = event.setSessionSeq(++lastSeq).build();
        events.addLast(numbered);
        bytes += numbered.getSerializedSize();
        while (events.size() > eventsMax || bytes > bytesMax) {
            bytes -= events.removeFirst().getSerializedSize();
        }
        return numbered;
    }

    boolean covers(long seq) {
        return seq >= 0 && seq <= lastSeq && lastSeq - seq <= events.size();
    }

    /** Oldest first. */
    List<ServerMessage> after(long seq) {
        List<ServerMessage> missed = new ArrayList<>();
        for (ServerMessage event : events) {
            if (event.getSessionSeq() > seq) {
                missed.add(event);
            }
        }
        return missed;
    }
}
