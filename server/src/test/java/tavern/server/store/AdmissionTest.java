package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private final Admission admission = new Admission(2, "use a faster disk");

    @Test
    void closingWaitsNoLongerThanToldForWhatIsNeverAnswered() {
        assertThat(admission.enter()).isNull();
        assertThat(admission.close(1)).isFalse();
        assertThat(admission.inFlight()).isEqualTo(1);
        assertThat(admission.enter()).hasMessageContaining("closed");
    }

    @Test
    void closingIsDoneOnceAllHaveLeft() {
        assertThat(admission.enter()).isNull();
        admission.leave();
        assertThat(admission.close(1)).isTrue();
    }

    @Test
    void whatIsOneTooManyIsRefused() {
        assertThat(admission.enter()).isNull();
        assertThat(admission.enter()).isNull();
        assertThat(admission.enter()).hasMessageContaining("2 of 2");
        admission.leave();
        assertThat(admission.enter()).isNull();
    }
}
