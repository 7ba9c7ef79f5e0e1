package tavern.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tavern.sim.report.Report;

/** When nobody has noticed a rolling restart, and how one ends. */
final class RollingRestartTest {
    private static Report report(boolean ok, String errors, int disconnects, int lost, int silenceMs) {
        String json =
                "{\"ok\": %s, \"errors\": %s, \"disconnects\": %d, \"sessions\": {\"lost\": %d, \"silenceMs\": %d}}"
                        .formatted(ok, errors, disconnects, lost, silenceMs);
        return new Gson().fromJson(json, Report.class);
    }

    @Test
    void nobodyHasNoticedIt() {
        assertThat(RollingRestart.faults(report(true, "{}", 0, 0, 1_999))).isEmpty();
    }

    @Test
    void whateverABotHasNoticedIsNamed() {
        assertThat(RollingRestart.faults(report(false, "{}", 0, 0, 0))).containsExactly("the bots' own checks failed");
        assertThat(RollingRestart.faults(report(true, "{\"BUSY\": 3}", 0, 0, 0)))
                .containsExactly("bots saw errors: {BUSY=3}");
        assertThat(RollingRestart.faults(report(true, "{}", 2, 0, 0))).containsExactly("2 bots were disconnected");
        assertThat(RollingRestart.faults(report(true, "{}", 0, 4, 0))).containsExactly("4 sessions did not go on");
        assertThat(RollingRestart.faults(report(true, "{}", 0, 0, 2_000)))
                .containsExactly("a bot heard nothing of its room for 2000 ms");
    }

    /** Otherwise it could start a server that has been stopped for good. */
    @Test
    void onceItIsClosedItDoesNothingMore() {
        AtomicBoolean ended = new AtomicBoolean();
        Executor soon = CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS);
        try (RollingRestart restart = new RollingRestart(List.of(), 600, new PrintWriter(Writer.nullWriter()))) {
            restart.loadBegins(() ->
                    CompletableFuture.runAsync(() -> ended.set(true), soon).join());
        }
        assertThat(ended).isTrue();
    }
}
