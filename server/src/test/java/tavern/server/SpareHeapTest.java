package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SpareHeapTest {
    private final List<SpareHeap.Ratios> set = new ArrayList<>();
    private long cpuNanos;
    private long nanos;
    private final SpareHeap heap = new SpareHeap(set::add, () -> cpuNanos, () -> nanos);

    @Test
    void aBusyServerKeepsFreeHeapAndAnIdleOneDoesNot() {
        look(4, 0.4);
        look(5, 0.4);
        burst(5);
        look(5, 2.4);
        burst(5);
        assertThat(set).isEmpty();
        look(5, 2.6);
        burst(100);
        assertThat(set).containsExactly(SpareHeap.Ratios.BUSY);
        look(5, 2.4);
        look(60, 10);
        assertThat(set).containsExactly(SpareHeap.Ratios.BUSY, SpareHeap.Ratios.IDLE);
    }

    /** Changes the ratios of its own JVM, and exits with what is free at most then. */
    static final class Setter {
        private Setter() {}

        public static void main(String[] arguments) {
            SpareHeap.ofThisJvm().accept(SpareHeap.Ratios.BUSY);
            System.exit(Integer.parseInt(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .getVMOption("MaxHeapFreeRatio")
                    .getValue()));
        }
    }

    @Test
    void theRatiosOfTheLauncherAreChangedAndNoOthers() throws Exception {
        assertThat(afterwards(SpareHeap.Ratios.IDLE.most())).isEqualTo(SpareHeap.Ratios.BUSY.most());
        assertThat(afterwards(33)).isEqualTo(33);
    }

    /** What a JVM with this option has at its end. */
    private static int afterwards(int percent) throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MinHeapFreeRatio=10",
                        "-XX:MaxHeapFreeRatio=" + percent,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Setter.class.getName())
                .inheritIO()
                .start();
        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return java.exitValue();
    }

    /** Looks so many times while both cores are busy. */
    private void burst(int looks) {
        for (int i = 0; i < looks; i++) {
            look(5, 10);
        }
    }

    private void look(double seconds, double cpuSeconds) {
        nanos += (long) (seconds * 1e9);
        cpuNanos += (long) (cpuSeconds * 1e9);
        heap.look();
    }
}
