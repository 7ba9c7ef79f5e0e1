package tavern.server.cluster;

/**
 * How the time of a lease is divided. Renewed three times as often as it runs out, so that two renewals in a row may
 * fail; given up here a little before it runs out there, for clocks that do not run alike and for what is on its way.
 *
 * @param ttlMillis how long the store keeps the lease for its holder
 */
record LeaseTimes(int ttlMillis) {
    private static final int RETRY_MILLIS = 500;
    private static final int ON_ITS_WAY_MILLIS = 500;
    private static final int LOOK_MILLIS_MAX = 500;

    int renewMillis() {
        return ttlMillis / 3;
    }

    /** Between two looks at whether something is due: seldom, for each one wakes a processor up. */
    int lookMillis() {
        return Math.min(LOOK_MILLIS_MAX, renewMillis() / 6);
    }

    /** After a renewal that failed. */
    int retryMillis() {
        return Math.min(RETRY_MILLIS, renewMillis());
    }

    /** A renewal without an answer for so long counts as failed, or one lost answer would end them all. */
    int answerMillis() {
        return renewMillis();
    }

    /** When a lease that the store was asked for at a time may be another's. */
    long deadline(long askedMillis) {
        return askedMillis + ttlMillis - ttlMillis / 10 - ON_ITS_WAY_MILLIS;
    }
}
