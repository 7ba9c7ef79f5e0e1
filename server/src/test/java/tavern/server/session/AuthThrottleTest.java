package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AuthThrottleTest {
    private final TurnedClock clock = new TurnedClock(1_000);
    private final AuthThrottle throttle = new AuthThrottle(
            new AuthSettings(
                    AuthSettings.Mode.DEV, new AuthSettings.Jwt(List.of(), null, null, null, null, 0, false), 3, 60),
            clock);

    @Test
    void anAddressIsRefusedAfterTooManyFailuresUntilTheyAreOld() throws Exception {
        fail("10.0.0.1", "", 2);
        assertThat(throttle.allows(address("10.0.0.1"), "")).isTrue();
        fail("10.0.0.1", "", 1);
        assertThat(throttle.allows(address("10.0.0.1"), "")).isFalse();
        assertThat(throttle.allows(address("10.0.0.2"), "")).isTrue();
        clock.turn(60_001);
        assertThat(throttle.allows(address("10.0.0.1"), "")).isTrue();
    }

    @Test
    void failuresDuringTheRefusalDoNotMakeItLonger() throws Exception {
        fail("10.0.0.1", "", 3);
        clock.turn(59_000);
        fail("10.0.0.1", "", 3);
        clock.turn(1_001);
        assertThat(throttle.allows(address("10.0.0.1"), "")).isTrue();
    }

    @Test
    void aPlayerIsRefusedWhereverTheAttemptsComeFrom() throws Exception {
        for (int i = 1; i <= 3; i++) {
            fail("10.0.0." + i, "ann", 1);
        }
        assertThat(throttle.allows(address("10.0.0.9"), "ann")).isFalse();
        assertThat(throttle.allows(address("10.0.0.9"), "bob")).isTrue();
    }

    @Test
    void aSuccessClearsThePlayerButNotTheAddress() throws Exception {
        fail("10.0.0.1", "ann", 3);
        throttle.succeeded("ann");
        assertThat(throttle.allows(address("10.0.0.2"), "ann")).isTrue();
        assertThat(throttle.allows(address("10.0.0.1"), "ann")).isFalse();
    }

    @Test
    void ofIpv6AWholeSlash64CountsAsOneAddress() throws Exception {
        fail("2001:db8::1", "", 1);
        fail("2001:db8::2", "", 1);
        fail("2001:db8::ffff:1:2:3", "", 1);
        assertThat(throttle.allows(address("2001:db8::9"), "")).isFalse();
        assertThat(throttle.allows(address("2001:db8:0:1::9"), "")).isTrue();
    }

    @Test
    void anIpv4AddressIsNeverTakenForTheStartOfAnIpv6One() throws Exception {
        assertThat(NetworkPrefix.of(address("0.0.0.1"))).isNotEqualTo(NetworkPrefix.of(address("0:0:0:1::")));
        assertThat(NetworkPrefix.of(address("::ffff:10.0.0.1"))).isEqualTo(NetworkPrefix.of(address("10.0.0.1")));
    }

    private void fail(String address, String name, int times) throws UnknownHostException {
        for (int i = 0; i < times; i++) {
            throttle.failed(address(address), name);
        }
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
