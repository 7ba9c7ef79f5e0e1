package tavern.sim.chaos;

/** What can happen to a realm, how often among a hundred faults, and for how long. */
enum FaultKind {
    KILL("kill -9, started again after %d ms", 20, Reach.NODE, 0, 6_000),
    PAUSE("SIGSTOP for %d ms, which is longer than a lease", 14, Reach.NODE, 0, 3_000),
    ISOLATE("cut off from everything for %d ms, which is longer than a lease", 14, Reach.NODE, 1_000, 6_000),
    CUT_STORE("no way to Redis for %d ms", 10, Reach.NODE, 300, 7_000),
    FREEZE_STORE("nothing passes to or from Redis for %d ms", 8, Reach.NODE, 300, 7_000),
    SLOW_STORE("each piece to and from Redis is late, for %d ms", 7, Reach.NODE, 1_000, 7_000),
    CUT_FEED("no way to RabbitMQ for %d ms", 4, Reach.NODE, 300, 5_000),
    CUT_CLIENTS("no way to its players for %d ms", 6, Reach.NODE, 0, 1_500),
    FREEZE_CLIENTS("nothing passes to or from its players for %d ms", 5, Reach.NODE, 300, 6_000),
    SLOW_CLIENTS("each piece to and from its players is late, for %d ms", 4, Reach.NODE, 1_000, 7_000),
    KILL_STORE("Redis: kill -9, started again after %d ms", 4, Reach.REALM, 0, 2_000),
    KILL_FEED("RabbitMQ: kill -9, started again after %d ms", 2, Reach.REALM, 0, 2_000),
    /** Beside the others and not instead of one, and to servers that are not well, too. */
    CLOCK("its clock is set to another time, and %d ms later to the right one", 0, Reach.CLOCK, 1_000, 10_000),
    ROLL("each server is stopped by SIGTERM and started again, one after another", 2, Reach.ALL_NODES, 0, 0);

    /** Whether its time comes on top of a lease's. */
    boolean outlastsLease() {
        return this == PAUSE || this == ISOLATE;
    }

    /** Whom a fault takes out of the choice for others meanwhile. */
    enum Reach {
        NODE,
        ALL_NODES,
        REALM,
        CLOCK
    }

    final String words;
    final int weight;
    final Reach reach;
    final int millisMin;
    final int millisMax;

    FaultKind(String words, int weight, Reach reach, int millisMin, int millisMax) {
        this.words = words;
        this.weight = weight;
        this.reach = reach;
        this.millisMin = millisMin;
        this.millisMax = millisMax;
    }
}
