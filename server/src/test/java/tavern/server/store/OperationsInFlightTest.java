package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OperationsInFlightTest {
    private final OperationsInFlight inFlight = new OperationsInFlight(2, "use a faster disk");

    @Test
    void closingWaitsNoLongerThanToldForWhatIsNeverAnswered() {
        assertThat(inFlight.enter()).isNull();
        assertThat(inFlight.close(1)).isFalse();
        assertThat(inFlight.count()).isEqualTo(1);
        assertThat(inFlight.enter()).hasMessageContaining("closed");
    }

    @Test
    void closingIsDoneOnceAllHaveLeft() {
        assertThat(inFlight.enter()).isNull();
        inFlight.leave();
        assertThat(inFlight.close(1)).isTrue();
    }

    @Test
    void whatIsOneTooManyIsRefused() {
        assertThat(inFlight.enter()).isNull();
        assertThat(inFlight.enter()).isNull();
        assertThat(inFlight.enter()).hasMessageContaining("2 of 2");
        inFlight.leave();
        assertThat(inFlight.enter()).isNull();
    }
}
