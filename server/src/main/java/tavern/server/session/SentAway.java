package tavern.server.session;

import java.util.function.LongSupplier;

/** Players who were sent to other servers: how many of them are still on their way. Confined to one thread. */
final class SentAway {
    /**
     * Players who have been sent away, by themselves or after their rooms, need so long at the most; those who have not gone by
     * then do not follow.
     */
    static final long FOLLOW_MILLIS_MAX = 3_000;

    private final LongSupplier gone;
    private long lastMillis;

    /** How many will have gone once all who were sent have. */
    private long sentOrGone;

    /** @param gone how many players have gone from here in all */
    SentAway(LongSupplier gone, long nowMillis) {
        this.gone = gone;
        this.lastMillis = nowMillis - FOLLOW_MILLIS_MAX - 1; // nobody was sent yet
        this.sentOrGone = gone.getAsLong();
    }

    void sent(int players, long nowMillis) {
        settle(nowMillis);
        sentOrGone += players;
        lastMillis = nowMillis;
    }

    /** They are told to go only now, since their room has moved. */
    void told(long nowMillis) {
        lastMillis = nowMillis;
    }

    /** So many were not sent after all. */
    void notSent(int players, long nowMillis) {
        sentOrGone = Math.max(settle(nowMillis), sentOrGone - players);
    }

    /** Those who were sent and have not gone, and have not had their time either. */
    long following(long nowMillis) {
        long goneNow = settle(nowMillis);
        return sentOrGone - goneNow;
    }

    /** @return how many have gone */
    private long settle(long nowMillis) {
        long goneNow = gone.getAsLong();
        // Some go without having been sent from here.
        sentOrGone = isTimeToFollow(nowMillis) ? Math.max(sentOrGone, goneNow) : goneNow;
        return goneNow;
    }

    /** Whether the last who were sent may still follow. */
    boolean isTimeToFollow(long nowMillis) {
        return nowMillis - lastMillis <= FOLLOW_MILLIS_MAX;
    }
}
