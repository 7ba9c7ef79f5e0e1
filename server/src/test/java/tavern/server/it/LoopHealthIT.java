package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.config.TavernConfig;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;

/** A thread that serves players is stuck, and the health checks say so. */
class LoopHealthIT {
    private final CountDownLatch release = new CountDownLatch(1);

    @TempDir
    Path folder;

    @Test
    void aLoopThatIsStuckMakesTheServerNotReadyAndThenNotHealthy() throws Exception {
        TavernConfig config =
                TestServer.config(folder, "ops.enabled=true", "ops.loop-silent-seconds=2", "limits.idle-seconds=60");
        RoomRules.Factory good = TavernRules.factory(config.game(), WordFilter.of(List.of()));
        try (TestServer server = TestServer.start(config, room -> new StuckRules(good.open(room)))) {
            OpsClient ops = OpsClient.of(server.opsAddress());
            assertThat(ops.get("/healthz").status()).isEqualTo(200);
            assertThat(ops.get("/readyz").status()).isEqualTo(200);

            try (RawClient anna = server.client("anna", "hall")) {
                anna.chat("stop");
                await("not healthy").until(() -> ops.get("/healthz").status() == 503);
                OpsClient.Answer ready = ops.get("/readyz");
                assertThat(ready.status()).isEqualTo(503);
                assertThat(ready.body()).contains("has not taken a turn");

                release.countDown();
                await("healthy again").until(() -> ops.get("/healthz").status() == 200);
                await("ready again").until(() -> ops.get("/readyz").status() == 200);
            }
        } finally {
            release.countDown();
        }
    }

    /** The built-in rules, except that a chat line blocks the thread. */
    private final class StuckRules implements RoomRules {
        private final RoomRules good;

        StuckRules(RoomRules good) {
            this.good = good;
        }

        @Override
        public void apply(Action action, long nowMillis, Effects effects) {
            if (action instanceof Action.Chat) {
                try {
                    release.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            good.apply(action, nowMillis, effects);
        }

        @Override
        public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
            good.move(entity, seq, x, y, nowMillis, effects);
        }

        @Override
        public void tick(long nowMillis, Effects effects) {
            good.tick(nowMillis, effects);
        }

        @Override
        public List<Entity> entities() {
            return good.entities();
        }

        @Override
        public boolean isSettling() {
            return good.isSettling();
        }
    }
}
