package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tavern.protocol.v1.SessionHandover;

/** P-22: the number before a Hello, which a client may send again. */
final class SessionInboxTest {
    private final SessionInbox inbox = new SessionInbox(
            new RateLimiter(
                    new SessionSettings(10, 30, 10, 10_000, 45, 0, 3, new SessionSettings.Rates(5, 5, 20, 1, 2, 5, 20)),
                    0),
            1);

    @Test
    void aHelloThatIsGreetedAgainHasTheSameNumberBeforeIt() {
        assertThat(inbox.takeSeq(7)).isTrue();
        for (int time = 0; time < 3; time++) {
            assertThat(inbox.seqBefore(9)).as("time %d", time).isEqualTo(7);
            inbox.greeted(9);
        }
        assertThat(inbox.lastSeq()).isEqualTo(9);
        assertThat(inbox.seqBefore(12)).isEqualTo(9);
    }

    @Test
    void aHoldThatEndsBeforeTheClientIsThereIsGivenBack() {
        SessionInbox arriving = SessionInbox.of(SessionHandover.getDefaultInstance(), inbox.limiter());
        arriving.hold();
        boolean[] quiet = new boolean[1];
        arriving.freeze(() -> quiet[0] = true);
        assertThat(quiet[0]).isFalse();
        arriving.release(null);
        assertThat(quiet[0]).isTrue();
        arriving.thaw(null);
        assertThat(arriving.isHeld()).as("until its client is here").isTrue();
        arriving.thaw(null);
        assertThat(arriving.isHeld()).isFalse();
    }

    @Test
    void beforeTheHelloThatBeganTheSessionThereWasNone() {
        assertThat(inbox.seqBefore(1)).isZero();
    }
}
