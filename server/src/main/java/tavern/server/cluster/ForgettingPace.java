package tavern.server.cluster;

/**
 * How much the store is to forget in one step, and for how long it is left alone afterwards. Steps grow while the store
 * answers quickly, and shrink when it has much to do. A store can be slow because trades are fast, and then outcomes are
 * remembered faster than small steps remove them; so when many steps in a row have left outcomes, steps grow unless they
 * take very long. Used by one step at a time.
 */
final class ForgettingPace {
    static final int OUTCOMES_MIN = 500;

    /** Removed by the embedded store in some 10 ms, in which nothing else is committed. */
    static final int OUTCOMES_MAX = 3_000;

    /** An answer within this time says that the store has time. */
    static final long QUICK_MILLIS = 15;

    /** A step that takes longer is never made larger: the store would be busy with nothing else. */
    static final long SLOW_MILLIS = 100;

    /** After so many steps in a row that left outcomes, steps grow although the store is busy, and pauses are shorter. */
    static final int PATIENT_STEPS = 20;

    private static final long PAUSE_MILLIS_MIN = 5;
    private static final long PAUSE_MILLIS_MAX = 1_000;

    // Steps follow each other through the store's threads and the timer's, each of which sees what the one before
    // wrote.
    private int outcomes = OUTCOMES_MIN;
    private long pauseMillis = PAUSE_MILLIS_MIN;

    /** How many steps in a row have left outcomes to forget. */
    private int behind;

    int outcomes() {
        return outcomes;
    }

    /** The store gets as much time for others as the last step took, or a quarter of it when forgetting is far behind. */
    long pauseMillis() {
        return pauseMillis;
    }

    /** @param left whether the step left outcomes to forget */
    void took(long millis, boolean left) {
        behind = left ? behind + 1 : 0;
        boolean isFarBehind = behind > PATIENT_STEPS;
        outcomes = millis <= (isFarBehind ? SLOW_MILLIS : QUICK_MILLIS)
                ? Math.min(2 * outcomes, OUTCOMES_MAX)
                : Math.max(outcomes / 2, OUTCOMES_MIN);
        long forOthers = isFarBehind ? millis / 4 : millis;
        pauseMillis = Math.max(PAUSE_MILLIS_MIN, Math.min(forOthers, PAUSE_MILLIS_MAX));
    }
}
