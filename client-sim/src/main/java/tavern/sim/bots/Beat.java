package tavern.sim.bots;

import java.util.random.RandomGenerator;

/** When something is due, again and again, whether or not anybody keeps up. */
final class Beat {
    private final double meanNanos;
    private final boolean even;
    private final RandomGenerator random;
    private long nextNanos = Long.MAX_VALUE;

    private Beat(double perSecond, boolean even, RandomGenerator random) {
        this.meanNanos = perSecond > 0 ? 1e9 / perSecond : 0;
        this.even = even;
        this.random = random;
    }

    /** Evenly spaced, with a phase of its own. */
    static Beat even(double perSecond, RandomGenerator random) {
        return new Beat(perSecond, true, random);
    }

    /** A Poisson process. */
    static Beat poisson(double perSecond, RandomGenerator random) {
        return new Beat(perSecond, false, random);
    }

    void start(long nowNanos) {
        if (meanNanos > 0) {
            nextNanos = nowNanos + (long) (even ? random.nextDouble() * meanNanos : step());
        }
    }

    boolean isDue(long nowNanos) {
        return nextNanos != Long.MAX_VALUE && nextNanos - nowNanos <= 0;
    }

    /** Goes on to the next time, and gives the one that was due. */
    long take() {
        long due = nextNanos;
        nextNanos += (long) step();
        return due;
    }

    private double step() {
        return even ? meanNanos : -Math.log(1 - random.nextDouble()) * meanNanos;
    }
}
