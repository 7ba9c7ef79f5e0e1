package tavern.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FreePortsTest {
    /** Drawn by chance alone, about thirty of so many would be there twice. */
    private static final int PORTS = 1_000;

    @Test
    void noPortIsGivenTwice() throws Exception {
        List<Integer> given = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            given.add(FreePorts.next());
        }
        assertThat(given).doesNotHaveDuplicates();
    }
}
