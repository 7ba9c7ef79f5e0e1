package tavern.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class OpenDescriptorsTest {
    private final AtomicLong clock = new AtomicLong(TimeUnit.HOURS.toNanos(1));
    private final AtomicInteger connections = new AtomicInteger(1_000);
    private final AtomicInteger counted = new AtomicInteger();
    private long open = 1_100;

    private final OpenDescriptors descriptors = new OpenDescriptors(
            () -> {
                counted.incrementAndGet();
                return open;
            },
            connections::get,
            clock::get);

    @Test
    void theyAreCountedRarelyAndFollowTheConnectionsInBetween() {
        assertThat(descriptors.count()).isEqualTo(1_100);
        connections.set(5_000);
        assertThat(descriptors.count()).isEqualTo(5_100);
        assertThat(counted).hasValue(1);
        open = 5_300;
        clock.addAndGet(TimeUnit.SECONDS.toNanos(15));
        assertThat(descriptors.count()).isEqualTo(5_300);
        assertThat(counted).hasValue(2);
    }
}
