package tavern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Jazzer searches for minutes is searched here for a moment, always in the same way. */
final class FuzzTargetsTest {
    private static final int MUTANTS = 1_000;

    static List<String> names() {
        return FuzzTargets.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void itsPromisesHoldForWhatIsMadeFromItsSeeds(String name) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        try (FuzzTarget target = FuzzTargets.of(name)) {
            assertThat(target.name()).isEqualTo(name);
            List<byte[]> seeds = target.seeds();
            assertThat(seeds).isNotEmpty();
            seeds.forEach(seed -> run(target, seed));
            run(target, new byte[0]);
            for (int i = 0; i < MUTANTS; i++) {
                run(target, mutant(seeds, random));
            }
        }
    }

    private static void run(FuzzTarget target, byte[] input) {
        try {
            target.run(input);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(target.name() + " with " + HexFormat.of().formatHex(input), e);
        }
    }

    private static byte[] mutant(List<byte[]> seeds, SplittableRandom random) {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        for (int change = random.nextInt(4); change >= 0 && bytes.length > 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = splice(bytes, at, seeds.get(random.nextInt(seeds.size())), random);
                default -> bytes = splice(bytes, at, bytes, random);
            }
        }
        return bytes;
    }

    /** Puts a part of the other bytes in. */
    private static byte[] splice(byte[] bytes, int at, byte[] other, SplittableRandom random) {
        int from = random.nextInt(other.length + 1);
        int length = Math.min(other.length - from, random.nextInt(64));
        byte[] all = new byte[bytes.length + length];
        System.arraycopy(bytes, 0, all, 0, at);
        System.arraycopy(other, from, all, at, length);
        System.arraycopy(bytes, at, all, at + length, bytes.length - at);
        return all;
    }

    @Test
    void anotherNameIsRefused() {
        assertThatThrownBy(() -> FuzzTargets.of("nothing"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connection");
    }
}
