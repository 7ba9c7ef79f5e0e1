package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.server.time.SetClocks;

final class AuthThrottleTest {
    private final SetClocks clock = new SetClocks(1_000);
    private final AuthThrottle throttle = new AuthThrottle(
            new AuthSettings(
                    AuthSettings.Mode.DEV, new AuthSettings.Jwt(List.of(), null, null, null, null, 0, false), 3, 9, 60),
            AddressBlocks.of(List.of("192.168.0.0/16", "fd00::/8")),
            clock.monotonic());

    @Test
    void aPairOfAddressAndPlayerIsThrottledAfterTooManyFailuresUntilTheyAreOld() throws Exception {
        assertThat(fail("10.0.0.1", "ann", 3)).isTrue();
        assertThat(fail("10.0.0.1", "ann", 1)).isFalse();
        clock.turn(60_001);
        assertThat(fail("10.0.0.1", "ann", 1)).isTrue();
    }

    @Test
    void failuresWhileThrottledDoNotMakeItLonger() throws Exception {
        fail("10.0.0.1", "ann", 4);
        clock.turn(59_000);
        fail("10.0.0.1", "ann", 3);
        clock.turn(1_001);
        assertThat(fail("10.0.0.1", "ann", 1)).isTrue();
    }

    @Test
    void nobodyIsThrottledForWhatOthersDid() throws Exception {
        fail("10.0.0.1", "ann", 5);
        assertThat(fail("10.0.0.2", "ann", 1)).isTrue();
        assertThat(fail("10.0.0.1", "bob", 1)).isTrue();
        assertThat(throttle.allows(address("10.0.0.1"))).isTrue();
    }

    @Test
    void anAddressIsRefusedUnseenWhoeverItsFailuresWereFor() throws Exception {
        for (int i = 1; i <= 9; i++) {
            assertThat(throttle.allows(address("10.0.0.1"))).isTrue();
            fail("10.0.0.1", "p" + i, 1);
        }
        assertThat(throttle.allows(address("10.0.0.1"))).isFalse();
        assertThat(throttle.allows(address("10.0.0.2"))).isTrue();
        clock.turn(60_001);
        assertThat(throttle.allows(address("10.0.0.1"))).isTrue();
    }

    @Test
    void anUncountedAddressIsNeverRefusedUnseen() throws Exception {
        fail("192.168.7.7", "ann", 50);
        fail("fd00::1", "ann", 50);
        assertThat(throttle.allows(address("192.168.7.7"))).isTrue();
        assertThat(throttle.allows(address("fd00::1"))).isTrue();
        assertThat(fail("192.168.7.7", "ann", 1)).isFalse();
    }

    @Test
    void aSuccessClearsThePairButNotTheAddress() throws Exception {
        fail("10.0.0.1", "ann", 9);
        throttle.succeeded(address("10.0.0.1"), "ann");
        assertThat(fail("10.0.0.1", "ann", 1)).isTrue();
        assertThat(throttle.allows(address("10.0.0.1"))).isFalse();
    }

    @Test
    void ofIpv6AWholeSlash64CountsAsOneAddress() throws Exception {
        fail("2001:db8::1", "", 3);
        fail("2001:db8::2", "", 3);
        fail("2001:db8::ffff:1:2:3", "", 3);
        assertThat(throttle.allows(address("2001:db8::9"))).isFalse();
        assertThat(throttle.allows(address("2001:db8:0:1::9"))).isTrue();
    }

    @Test
    void anIpv4AddressIsNeverTakenForTheStartOfAnIpv6One() throws Exception {
        assertThat(NetworkPrefix.of(address("0.0.0.1"))).isNotEqualTo(NetworkPrefix.of(address("0:0:0:1::")));
        assertThat(NetworkPrefix.of(address("::ffff:10.0.0.1"))).isEqualTo(NetworkPrefix.of(address("10.0.0.1")));
    }

    /** @return what the throttle says to the last of them */
    private boolean fail(String address, String player, int times) throws UnknownHostException {
        boolean allowed = true;
        for (int i = 0; i < times; i++) {
            allowed = throttle.failed(address(address), player);
        }
        return allowed;
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
