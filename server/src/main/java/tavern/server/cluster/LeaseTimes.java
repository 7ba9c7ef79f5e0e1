package tavern.server.cluster;

/**
 * How the time of a lease is divided. A lease is renewed three times in its lifetime, so that two renewals in a row may
 * fail. This node gives it up a little before it expires in the store, to allow for clocks that run at different speeds
 * and for messages in transit.
 *
 * @param ttlMillis how long the store keeps the lease for its holder
 */
record LeaseTimes(int ttlMillis) {
    private static final int RETRY_MILLIS = 500;
    private static final int ON_ITS_WAY_MILLIS = 500;
    private static final int CHECK_MILLIS_MAX = 500;

    /** Who opens a room waits for its lease, the room's memory and its games for five seconds in all. */
    private static final int WAIT_MILLIS_MAX = 3_000;

    int renewMillis() {
        return ttlMillis / 3;
    }

    /** Time between two checks whether a renewal is due. Long, because each check wakes up a processor. */
    int checkMillis() {
        return Math.min(CHECK_MILLIS_MAX, renewMillis() / 6);
    }

    /** Time to wait after a renewal that failed. */
    int retryMillis() {
        return Math.min(RETRY_MILLIS, renewMillis());
    }

    /**
     * A renewal that is not answered in this time counts as failed; otherwise one lost answer would end all renewals.
     */
    int answerMillis() {
        return renewMillis();
    }

    /** How long after the request to the store no other node can hold the lease. */
    long heldMillis() {
        return ttlMillis - ttlMillis / 10 - ON_ITS_WAY_MILLIS;
    }

    /**
     * Whether its holder has missed a renewal, and the lease is over so soon that it is worth waiting for.
     *
     * @param remainingMillis of another node's lease, in the store
     */
    boolean isRunningOut(long remainingMillis) {
        return remainingMillis <= Math.min(ttlMillis / 2, WAIT_MILLIS_MAX);
    }
}
