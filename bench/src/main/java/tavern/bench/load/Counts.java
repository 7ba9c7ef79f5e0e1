package tavern.bench.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What the players of one loop have done and seen since the last {@link LoadLoop#take}. Owned by the loop until taken.
 */
public final class Counts {
    private static final long LATENCY_MAX_NANOS = TimeUnit.SECONDS.toNanos(60);

    long movesSent;
    long movesRejected;
    long updates;
    long snapshots;
    long snapshotBytes;
    long statesAnew;
    long chatsSent;
    long chats;
    long pongs;
    long errors;
    long disconnects;

    /** The text of the first error, or null for none. */
    @Nullable
    String firstError;

    /** P-112: of the slowest room when the counts were taken. */
    double timeRate = 1;

    private final Histogram latencies = new Histogram(LATENCY_MAX_NANOS, 3);

    void latency(long nanos) {
        latencies.recordValue(Math.min(Math.max(nanos, 0), LATENCY_MAX_NANOS));
    }

    void error(String text) {
        errors++;
        if (firstError == null) {
            firstError = text;
        }
    }

    public void add(Counts other) {
        movesSent += other.movesSent;
        movesRejected += other.movesRejected;
        updates += other.updates;
        snapshots += other.snapshots;
        snapshotBytes += other.snapshotBytes;
        statesAnew += other.statesAnew;
        chatsSent += other.chatsSent;
        chats += other.chats;
        pongs += other.pongs;
        errors += other.errors;
        disconnects += other.disconnects;
        timeRate = Math.min(timeRate, other.timeRate);
        firstError = firstError == null ? other.firstError : firstError;
        latencies.add(other.latencies);
    }

    public long movesSent() {
        return movesSent;
    }

    public long movesRejected() {
        return movesRejected;
    }

    /** Number of positions of other players that were delivered. */
    public long updates() {
        return updates;
    }

    /** Number of frames that contained these updates. */
    public long snapshots() {
        return snapshots;
    }

    /** Bytes of these frames, including their length prefixes. */
    public long snapshotBytes() {
        return snapshotBytes;
    }

    /**
     * How often a player received the whole state anew: it had missed something, or entered another cell of a large
     * room.
     */
    public long statesAnew() {
        return statesAnew;
    }

    public long chatsSent() {
        return chatsSent;
    }

    /** Lines of chat that were delivered, including those delivered back to their senders. */
    public long chats() {
        return chats;
    }

    public long pongs() {
        return pongs;
    }

    public long errors() {
        return errors;
    }

    public long disconnects() {
        return disconnects;
    }

    /** P-112: the speed of the slowest room's time when the counts were taken. */
    public double timeRate() {
        return timeRate;
    }

    public @Nullable String firstError() {
        return firstError;
    }

    /** Number of latency samples. */
    public long samples() {
        return latencies.getTotalCount();
    }

    /** Time from sending a message until another player sees it, in milliseconds; NaN without samples. */
    public double latencyMs(double percentile) {
        return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile) / 1e6;
    }
}
