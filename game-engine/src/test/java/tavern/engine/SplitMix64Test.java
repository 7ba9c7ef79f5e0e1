package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SplitMix64Test {
    /** The first numbers of the reference implementation (Vigna's splitmix64.c) for this seed. */
    @Test
    void givesTheNumbersOfTheReference() {
        SplitMix64 random = new SplitMix64(1234567);
        assertThat(new long[] {random.nextLong(), random.nextLong(), random.nextLong()})
                .containsExactly(
                        6457827717110365317L, 3203168211198807973L, Long.parseUnsignedLong("9817491932198370423"));
    }

    @Test
    void goesOnFromItsState() {
        SplitMix64 first = new SplitMix64(5);
        first.nextLong();
        assertThat(new SplitMix64(first.state()).nextLong()).isEqualTo(first.nextLong());
    }
}
