package tavern.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class ProcTest {
    @Test
    void thisProcessUsesCpuTime() {
        long before = Proc.cpuMicros(Jvm.pid());

        // Waiting in a loop uses CPU time.
        Awaitility.await().pollInSameThread().pollDelay(Duration.ZERO).until(() -> {
            long sum = 0;
            for (int i = 0; i < 1_000_000; i++) {
                sum += Integer.bitCount(i);
            }
            return sum > 0 && Proc.cpuMicros(Jvm.pid()) > before;
        });
    }

    @Test
    void thisProcessHoldsMemory() {
        assertThat(Proc.residentBytes(Jvm.pid())).isBetween(10_000_000L, 100_000_000_000L);
    }

    @Test
    void aProcessThatIsGoneUsesNone() {
        assertThat(Proc.cpuMicros(0)).isZero();
        assertThat(Proc.residentBytes(0)).isZero();
    }

    @Test
    void serversInheritMemorySettingsOnly() {
        assertThat(Jvm.flags()).noneMatch(flag -> flag.startsWith("-javaagent") || flag.startsWith("-D"));
    }
}
