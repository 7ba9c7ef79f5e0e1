package tavern.server.session;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import tavern.protocol.v1.ServerMessage;
import tavern.server.guard.ReplayLog;
import tavern.server.time.MonotonicClock;

/** P-21: numbers a session's personal events, and keeps the newest ones for a resume. Confined to its session's lane. */
final class PersonalLog {
    private final ReplayLog log;
    private final MonotonicClock clock;

    PersonalLog(ReplayLog log, MonotonicClock clock) {
        this.log = log;
        this.clock = clock;
    }

    ServerMessage append(ServerMessage.Builder event) {
        ServerMessage numbered = event.setSessionSeq(log.nextSeq()).build();
        log.append(numbered.toByteArray(), clock.millis());
        return numbered;
    }

    /**
     * Drops what is too old for any resume. @return milliseconds until there is more to drop, or 0 when the log is
     * empty
     */
    long forgetOld() {
        long now = clock.millis();
        long next = log.forgetOld(now);
        return next == Long.MAX_VALUE ? 0 : next - now;
    }

    /** Gives back the memory it holds; nobody resumes from this log any more. */
    void close() {
        log.close();
    }

    /** The number of the newest event, or 0 when there was none. */
    long lastSeq() {
        return log.lastSeq();
    }

    boolean covers(long seq) {
        return log.covers(seq);
    }

    /** The events after this number, oldest first. */
    List<ServerMessage> after(long seq) {
        List<ServerMessage> missed = new ArrayList<>();
        log.after(seq).forEach(event -> missed.add(parsed(event)));
        return missed;
    }

    /** Goes on with the numbers and the events of a log on another server. @param newest oldest first */
    void take(long newestSeq, List<ServerMessage> newest) {
        List<ReplayLog.Kept> events = newest.stream()
                .map(event -> new ReplayLog.Kept(event.toByteArray(), 0))
                .toList();
        log.restore(newestSeq, events, clock.millis());
    }

    /** The bytes of the events that are kept. */
    long bytes() {
        return log.bytes();
    }

    private static ServerMessage parsed(byte[] message) {
        try {
            return ServerMessage.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message that was encoded here cannot be read", e);
        }
    }
}
