package tavern.server.agones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.TestServer;

/** Reports to Agones over HTTP. */
final class AgonesSidecarIT {
    @TempDir
    Path folder;

    @Test
    void aServerIsReadyThenHealthyAndAfterTheDrainDone() throws Exception {
        try (FakeSidecar sidecar = FakeSidecar.start()) {
            try (TestServer server =
                    TestServer.start(folder, "agones.sdk-http-port=" + sidecar.port(), "agones.health-seconds=1")) {
                soon().until(() -> sidecar.reports().contains("/ready"));
                soon().until(() -> Collections.frequency(sidecar.reports(), "/health") >= 2);
                assertThat(server.sessions()).isZero();
                assertThat(sidecar.reports()).doesNotContain("/shutdown");
            }
            soon().until(() -> sidecar.reports().contains("/shutdown"));
            assertThat(sidecar.reports()).containsOnlyOnce("/ready").containsOnlyOnce("/shutdown");
        }
    }

    @Test
    void whatTheSidecarDoesNotTakeIsRepeated() throws Exception {
        try (FakeSidecar sidecar = FakeSidecar.start()) {
            sidecar.answer(500);
            try (AgonesSidecar agones = AgonesSidecar.start(new AgonesSettings(sidecar.port(), 1), () -> true)) {
                agones.ready();
                soon().until(() -> sidecar.refused() >= 2);
                soon().until(() -> sidecar.asked() >= 2);
                sidecar.answer(200);
                soon().until(() -> sidecar.reports().contains("/ready"));
            }
        }
    }

    @Test
    void anAllocatedServerDoesNotBecomeReadyAgainWhenTheAnswerWasLost() throws Exception {
        try (FakeSidecar sidecar = FakeSidecar.start()) {
            sidecar.takeReadyWithoutAnAnswer();
            try (AgonesSidecar agones = AgonesSidecar.start(new AgonesSettings(sidecar.port(), 1), () -> true)) {
                agones.ready();
                soon().until(() -> sidecar.reports().contains("/ready"));
                sidecar.allocate();
                soon().until(() -> sidecar.asked() >= 2);
                // By the next two reports it would have been repeated.
                int before = Collections.frequency(sidecar.reports(), "/health");
                soon().until(() -> Collections.frequency(sidecar.reports(), "/health") >= before + 2);
                assertThat(sidecar.reports()).containsOnlyOnce("/ready");
                assertThat(sidecar.state()).isEqualTo("Allocated");

                agones.shutDown();
                soon().until(() -> sidecar.reports().contains("/shutdown"));
            }
        }
    }

    @Test
    void aServerThatIsStuckIsNotReportedAsHealthy() throws Exception {
        AtomicBoolean healthy = new AtomicBoolean();
        try (FakeSidecar sidecar = FakeSidecar.start();
                AgonesSidecar agones = AgonesSidecar.start(new AgonesSettings(sidecar.port(), 1), healthy::get)) {
            agones.ready();
            soon().until(() -> sidecar.reports().contains("/ready"));
            assertThat(sidecar.reports()).doesNotContain("/health");
            healthy.set(true);
            soon().until(() -> sidecar.reports().contains("/health"));
        }
    }

    private static ConditionFactory soon() {
        return await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(20));
    }
}
