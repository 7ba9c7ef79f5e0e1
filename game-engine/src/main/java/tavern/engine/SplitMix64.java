package tavern.engine;

import java.util.random.RandomGenerator;

/**
 * A generator whose whole state is one number: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014). Good for one call of the game, as the {@link TurnContext} that it belongs to.
 */
final class SplitMix64 implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;
    private boolean isOver;

    SplitMix64(long state) {
        this.state = state;
    }

    long state() {
        return state;
    }

    void end() {
        isOver = true;
    }

    @Override
    public long nextLong() {
        if (isOver) {
            throw new IllegalStateException("the call of the game that this generator was for is over");
        }
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
