package tavern.bench.trades;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ZipfTest {
    private static final int DRAWS = 100_000;

    private static double[] shares(int count, double exponent) {
        SplittableRandom random = new SplittableRandom(1);
        Zipf zipf = new Zipf(count, exponent);
        double[] shares = new double[count];
        for (int i = 0; i < DRAWS; i++) {
            shares[zipf.next(random)] += 1.0 / DRAWS;
        }
        return shares;
    }

    @Test
    void withExponentZeroAllAreAlike() {
        assertThat(shares(4, 0)).containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(0.01));
    }

    @Test
    void theFirstIsChosenMoreOften() {
        // 1, 1/2, 1/3, 1/4 of 25/12
        assertThat(shares(4, 1)).containsExactly(new double[] {0.48, 0.24, 0.16, 0.12}, within(0.01));
    }

    @Test
    void anotherOneIsNeverTheSame() {
        SplittableRandom random = new SplittableRandom(1);
        Zipf zipf = new Zipf(2, 3);
        for (int i = 0; i < 1_000; i++) {
            assertThat(zipf.next(random, 0)).isOne();
        }
    }
}
