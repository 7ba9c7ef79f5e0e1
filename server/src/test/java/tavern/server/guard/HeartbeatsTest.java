package tavern.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {
    private final DefaultEventExecutorGroup threads =
            new DefaultEventExecutorGroup(2, new DefaultThreadFactory("watched", true));
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Heartbeats heartbeats = new Heartbeats(ticker);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void stop() {
        release.countDown();
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void aThreadThatIsStuckIsNamedAndOneThatGoesOnIsNot() {
        heartbeats.watch(threads);
        CountDownLatch stuck = new CountDownLatch(1);
        threads.iterator().next().execute(() -> {
            stuck.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> stuck.getCount() == 0);
        ticker.advance(20, TimeUnit.SECONDS);
        await("the other one beats")
                .until(() -> heartbeats.longest().thread().startsWith("watched")
                        && heartbeats.longest().millis() == 19_000);

        release.countDown();
        await("it goes on").until(() -> heartbeats.longest().millis() == 0);
        assertThat(heartbeats.longest().millis()).isZero();
    }
}
