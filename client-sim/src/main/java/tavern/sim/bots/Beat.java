package tavern.sim.bots;

import java.util.random.RandomGenerator;

/** A schedule of recurring due times, which advances whether or not the caller keeps up. */
public final class Beat {
    private final double meanNanos;
    private final boolean even;
    private final RandomGenerator random;
    private long nextNanos = Long.MAX_VALUE;

    private Beat(double perSecond, boolean even, RandomGenerator random) {
        this.meanNanos = perSecond > 0 ? 1e9 / perSecond : 0;
        this.even = even;
        this.random = random;
    }

    /** Evenly spaced, with a random phase. */
    public static Beat even(double perSecond, RandomGenerator random) {
        return new Beat(perSecond, true, random);
    }

    /** A Poisson process. */
    public static Beat poisson(double perSecond, RandomGenerator random) {
        return new Beat(perSecond, false, random);
    }

    public void start(long nowNanos) {
        if (meanNanos > 0) {
            nextNanos = nowNanos + (long) (even ? random.nextDouble() * meanNanos : step());
        }
    }

    public boolean isDue(long nowNanos) {
        return nextNanos != Long.MAX_VALUE && nextNanos - nowNanos <= 0;
    }

    /** Advances to the next due time and returns the one that has passed. */
    public long take() {
        long due = nextNanos;
        nextNanos += (long) step();
        return due;
    }

    private double step() {
        return even ? meanNanos : -Math.log(1 - random.nextDouble()) * meanNanos;
    }
}
