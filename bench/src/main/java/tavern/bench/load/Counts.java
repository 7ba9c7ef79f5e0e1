package tavern.bench.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What the players of one loop have done and seen since it was last asked. Of the loop, until it is handed over. */
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

    /** What the first error said; null: there was none. */
    @Nullable
    String firstError;

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
        firstError = firstError == null ? other.firstError : firstError;
        latencies.add(other.latencies);
    }

    public long movesSent() {
        return movesSent;
    }

    public long movesRejected() {
        return movesRejected;
    }

    /** Places of other players that were delivered. */
    public long updates() {
        return updates;
    }

    /** Frames that these came in. */
    public long snapshots() {
        return snapshots;
    }

    /** Of these frames, their lengths included. */
    public long snapshotBytes() {
        return snapshotBytes;
    }

    /** Times that a player was told everything anew: it had missed something, or came into another cell of a large room. */
    public long statesAnew() {
        return statesAnew;
    }

    public long chatsSent() {
        return chatsSent;
    }

    /** Lines of chat that were delivered, to whom they are from too. */
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

    public @Nullable String firstError() {
        return firstError;
    }

    /** How many latencies were sampled. */
    public long samples() {
        return latencies.getTotalCount();
    }

    /** From a message's sending to another player's seeing it, in milliseconds; NaN when none was sampled. */
    public double latencyMs(double percentile) {
        return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(percentile) / 1e6;
    }
}
