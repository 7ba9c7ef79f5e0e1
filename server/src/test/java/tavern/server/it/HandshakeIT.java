package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;

/** P-5 and P-6: the handshake. */
class HandshakeIT {
    private static final List<String> NO_NAMES =
            List.of("", " ", "../anna", "a{b}c", "a\u0000b", "a\nb", "\u202eanna", "\u0430nna", "-anna");

    @RegisterExtension
    final Tavern tavern = Tavern.with("auth.failures-max=3");

    /** docs/OPS.md tells programs such as fail2ban how the line looks. */
    @Test
    void aRefusedLoginIsALineWithAddressAndReason() throws Exception {
        RawClient nobody = tavern.stranger();
        nobody.send(ClientMessage.newBuilder().setHello(Hello.newBuilder().setProtocolVersion(Protocol.VERSION_MAX)));
        assertThat(nobody.closedWith()).isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(tavern.logs().contain("login refused from 127.0.0.1: ")).isTrue();
    }

    @Test
    void anythingBeforeHelloIsRefused() throws Exception {
        List<ClientMessage.Builder> early =
                List.of(Say.chat("hi"), Say.ping(), Say.join(Tavern.HALL), Say.bye(), ClientMessage.newBuilder());
        for (ClientMessage.Builder message : early) {
            assertThat(refusal(message)).isEqualTo(ErrorCode.HELLO_EXPECTED);
        }
    }

    @Test
    void aMessageBetweenHelloAndWelcomeIsRefused() throws Exception {
        RawClient hasty = tavern.stranger();
        hasty.sendBytes(Say.concat(Say.frame(1, Say.hello("hasty")), Say.frame(2, Say.chat("hi"))));
        assertThat(hasty.closedWith()).isEqualTo(ErrorCode.HELLO_EXPECTED);
        RawClient twice = tavern.stranger();
        twice.sendBytes(Say.concat(Say.frame(1, Say.hello("hasty")), Say.frame(2, Say.hello("other"))));
        assertThat(twice.closedWith()).isEqualTo(ErrorCode.HELLO_REPEATED);
    }

    /** P-14: a client that waits for an answer to its Hello gets it, bad news too. */
    @Test
    @With({"auth.failures-max=1", "limits.sessions-max=1"})
    void anErrorThatRefusesAHelloAnswersIt() throws Exception {
        assertAnswered(Say.hello("?"), ErrorCode.AUTH_FAILED);
        assertAnswered(Say.hello("?"), ErrorCode.AUTH_THROTTLED);
        assertAnswered(Say.hello("anna"), ErrorCode.SERVER_FULL);
        assertAnswered(
                ClientMessage.newBuilder().setHello(Hello.newBuilder().setProtocolVersion(99)),
                ErrorCode.UNSUPPORTED_VERSION);
        RawClient twice = tavern.stranger();
        twice.sendBytes(Say.concat(Say.frame(41, Say.hello("anna")), Say.frame(42, Say.hello("anna"))));
        assertThat(twice.errorTo(42)).isEqualTo(ErrorCode.HELLO_REPEATED);
    }

    private void assertAnswered(ClientMessage.Builder hello, ErrorCode code) throws IOException {
        RawClient stranger = tavern.stranger();
        stranger.sendAs(41, hello);
        ServerMessage answer = stranger.read();
        assertThat(answer.getReplyTo()).as("%s", code).isEqualTo(41);
        assertThat(answer.getError().getCode()).isEqualTo(code);
    }

    @Test
    void aSecondHelloEndsTheSession() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        mallory.send(Say.hello("anna"));
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.HELLO_REPEATED);
        tavern.bystander().sees(message -> message.getPlayerLeft().getPlayer().equals("mallory"));
        assertThat(tavern.resumed(mallory).welcome().getResumed()).isFalse();
    }

    @Test
    void aVersionThatIsNotSupportedIsRefused() throws Exception {
        for (int version : new int[] {0, Protocol.VERSION_MIN - 1, Protocol.VERSION_MAX + 1, -1}) {
            assertThat(refusal(ClientMessage.newBuilder()
                            .setHello(Hello.newBuilder()
                                    .setProtocolVersion(version)
                                    .setToken("anna"))))
                    .as("version %d", version)
                    .isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        }
    }

    private ErrorCode refusal(ClientMessage.Builder first) throws IOException {
        RawClient stranger = tavern.stranger();
        stranger.send(first);
        return stranger.closedWith();
    }

    @Test
    @With("auth.failures-max=100")
    void aNameThatIsNoneProvesNothing() throws Exception {
        for (String name : NO_NAMES) {
            assertThat(refusal(Say.hello(name))).as(name).isEqualTo(ErrorCode.AUTH_FAILED);
        }
    }

    @Test
    void aNameOfThousandsOfCharactersIsRefused() throws Exception {
        assertThat(refusal(Say.hello("a".repeat(4_000)))).isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(refusal(Say.hello("a".repeat(10_000)))).isEqualTo(ErrorCode.FRAME_TOO_LARGE);
    }

    @Test
    @With({"auth.failures-per-address-max=3", "limits.uncounted-addresses="})
    void anAddressThatFailsTooOftenIsRefusedUnseen() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(refusal(Say.hello("?"))).isEqualTo(ErrorCode.AUTH_FAILED);
        }
        assertThat(refusal(Say.hello("anna"))).isEqualTo(ErrorCode.AUTH_THROTTLED);
    }
}
