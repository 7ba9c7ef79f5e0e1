package tavern.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class CoresTest {
    @Test
    void listsOfCoresAreRead() {
        assertThat(Cores.parse("0")).containsExactly(0);
        assertThat(Cores.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
    }

    @Test
    void thisProcessMayUseSome() throws IOException {
        assertThat(Cores.allowed()).isNotEmpty();
    }

    @Test
    void theLoadsCoresAreLeftAgain() throws IOException, InterruptedException {
        var before = Cores.allowed();
        Cores apart = Cores.apart();

        try (Cores.ClosedTogether kept = apart.keepLoad()) {
            assertThat(kept).isNotNull();
            if (!apart.load().isEmpty()) {
                assertThat(Cores.allowed()).containsExactlyElementsOf(Cores.parse(apart.load()));
            }
        }

        assertThat(Cores.allowed()).isEqualTo(before);
    }

    @Test
    void aServerThatIsGoneIsNotOnItsCores() throws IOException {
        Cores apart = Cores.apart();

        if (!apart.server().isEmpty()) {
            assertThatThrownBy(() -> apart.keepServer(Integer.MAX_VALUE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not move process " + Integer.MAX_VALUE)
                    .hasMessageContaining("it has ended");
        }
    }
}
