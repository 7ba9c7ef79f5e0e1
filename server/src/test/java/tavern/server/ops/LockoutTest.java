package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LockoutTest {
    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final Lockout lockout = new Lockout(() -> Instant.ofEpochMilli(millis.get()));

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            lockout.failed(address(address));
        }
    }

    @Test
    void tenFailuresLockAnAddressAndNoOther() {
        fail("10.0.0.1", 9);
        assertThat(lockout.isLocked(address("10.0.0.1"))).isFalse();
        fail("10.0.0.1", 1);
        assertThat(lockout.isLocked(address("10.0.0.1"))).isTrue();
        assertThat(lockout.isLocked(address("10.0.0.2"))).isFalse();
    }

    @Test
    void whoeverHasOneAddressOfAnIpv6NetworkHasThemAll() {
        fail("2001:db8::1", 5);
        fail("2001:db8::ffff", 5);
        assertThat(lockout.isLocked(address("2001:db8::2"))).isTrue();
        assertThat(lockout.isLocked(address("2001:db8:0:1::2"))).isFalse();
    }

    @Test
    void aMinuteAfterTheFirstFailureItIsOver() {
        fail("10.0.0.1", 10);
        millis.addAndGet(TimeUnit.SECONDS.toMillis(59));
        assertThat(lockout.isLocked(address("10.0.0.1"))).isTrue();
        millis.addAndGet(TimeUnit.SECONDS.toMillis(2));
        assertThat(lockout.isLocked(address("10.0.0.1"))).isFalse();
    }
}
