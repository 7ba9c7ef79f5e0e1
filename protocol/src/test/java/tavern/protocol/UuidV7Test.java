package tavern.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;

final class UuidV7Test {
    /** RFC 9562, appendix A.6: made on 22 February 2022, 14:22:22 in a zone of UTC-5. */
    private static final UUID OF_THE_RFC = UUID.fromString("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");

    private static final long MILLIS_OF_THE_RFC = 1_645_557_742_000L;

    @Test
    void theExampleOfTheRfcCarriesItsTime() {
        assertThat(UuidV7.is(OF_THE_RFC)).isTrue();
        assertThat(UuidV7.millis(OF_THE_RFC)).isEqualTo(MILLIS_OF_THE_RFC);
    }

    @Test
    void anIdCarriesWhatItWasMadeOf() {
        for (long millis : new long[] {0, 1, MILLIS_OF_THE_RFC, (1L << 48) - 1}) {
            UUID id = UuidV7.of(millis, -1);
            assertThat(UuidV7.is(id)).isTrue();
            assertThat(UuidV7.millis(id)).isEqualTo(millis);
        }
        assertThat(UuidV7.of(MILLIS_OF_THE_RFC, 5)).hasToString("017f22e2-79b0-7000-8000-000000000005");
    }

    @Test
    void idsOfOtherVersionsAndVariantsCarryNoTime() {
        UUID random = UUID.fromString("919108f7-52d1-4320-9bac-f847db4148a8");
        UUID otherVariant = new UUID(OF_THE_RFC.getMostSignificantBits(), 5);
        for (UUID other : new UUID[] {random, otherVariant, new UUID(0, 0), new UUID(-1, -1)}) {
            assertThat(UuidV7.is(other)).as("%s", other).isFalse();
            assertThatThrownBy(() -> UuidV7.millis(other)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aTimeThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> UuidV7.of(1L << 48, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UuidV7.of(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
