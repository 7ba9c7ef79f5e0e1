package tavern.bench.trades;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses numbers from 0 on: the probability of number {@code i} is in proportion to {@code 1 / (i + 1)^exponent}, as G. K. Zipf
 * found of words. With exponent 0 all are alike. Safe on any thread.
 */
final class Zipf {
    /** The probabilities of each number and all before it, in sum; not normalized. */
    private final double[] sums;

    Zipf(int count, double exponent) {
        sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.pow(i + 1.0, -exponent);
            sums[i] = sum;
        }
    }

    int next(SplittableRandom random) {
        int at = Arrays.binarySearch(sums, random.nextDouble(sums[sums.length - 1]));
        return at >= 0 ? at + 1 : -at - 1;
    }

    /** Another than this one. */
    int next(SplittableRandom random, int not) {
        int next = next(random);
        while (next == not) {
            next = next(random);
        }
        return next;
    }
}
