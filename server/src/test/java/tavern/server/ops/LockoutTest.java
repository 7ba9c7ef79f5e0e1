package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tavern.server.time.SetClocks;

class LockoutTest {
    private final SetClocks clock = new SetClocks();
    private final Lockout lockout = new Lockout(clock.monotonic());

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
        clock.turn(TimeUnit.SECONDS.toMillis(59));
        assertThat(lockout.isLocked(address("10.0.0.1"))).isTrue();
        clock.turn(TimeUnit.SECONDS.toMillis(2));
        assertThat(lockout.isLocked(address("10.0.0.1"))).isFalse();
    }
}
