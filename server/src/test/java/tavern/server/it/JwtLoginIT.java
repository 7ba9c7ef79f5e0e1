package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;

/** Tokens that must not let anybody in, with {@code auth.mode = jwt}. */
class JwtLoginIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with(
                    "auth.mode=jwt",
                    "auth.jwt.secret=" + TestTokens.SECRET,
                    "auth.jwt.clock-skew-seconds=0",
                    "auth.failures-max=100")
            .tokens(TestTokens::good);

    @Test
    void aTokenThatIsNotOursIsRefusedInTheSameWordsWhateverIsWrong() throws Exception {
        String claims = TestTokens.claims("anna", 300);
        refused("anna");
        refused("");
        refused("a.b.c");
        refused(TestTokens.signed(TestTokens.HS256, TestTokens.claims("anna", -10), TestTokens.SECRET));
        refused(TestTokens.signed(TestTokens.HS256, claims, TestTokens.SECRET.replace('0', '1')));
        refused(TestTokens.unsigned(TestTokens.HS256, claims));
        refused(TestTokens.unsigned("{\"alg\":\"none\"}", claims));
        refused(TestTokens.unsigned("{\"alg\":\"NONE\"}", claims));
        refused(TestTokens.signed("{\"alg\":\"HS512\"}", claims, TestTokens.SECRET));
        refused(TestTokens.signed("{\"alg\":\"RS256\"}", claims, TestTokens.SECRET));
        refused(TestTokens.signed(TestTokens.HS256, "{\"sub\":\"anna\"}", TestTokens.SECRET));
        refused(TestTokens.signed(TestTokens.HS256, "{\"exp\":4000000000}", TestTokens.SECRET));
        refused(TestTokens.signed(TestTokens.HS256, "{\"sub\":\"../x\",\"exp\":4000000000}", TestTokens.SECRET));
        refused(TestTokens.signed(
                TestTokens.HS256, "{\"sub\":\"anna\",\"exp\":4000000000,\"nbf\":3999999999}", TestTokens.SECRET));
        refused(TestTokens.signed(
                TestTokens.HS256, "{\"sub\":\"anna\",\"exp\":4000000000,\"aud\":\"elsewhere\"}", TestTokens.SECRET));
        refused("x".repeat(4_000));
    }

    private void refused(String token) throws IOException {
        RawClient stranger = tavern.stranger();
        stranger.send(Say.hello(token));
        var goodbye = stranger.read();
        assertThat(goodbye.getError().getCode()).as(token).isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(goodbye.getError().getText()).isEqualTo("the token was not accepted");
        assertThat(stranger.closedWith()).isEqualTo(ErrorCode.OK);
    }

    @Test
    void whatAHeaderSaysAboutKeysIsNeverLookedAt() throws Exception {
        String header = "{\"alg\":\"HS256\",\"kid\":\"../../etc/passwd\",\"jku\":\"http://127.0.0.1:1/keys\"}";
        RawClient anna = tavern.stranger();
        anna.login(TestTokens.signed(header, TestTokens.claims("anna", 300), TestTokens.SECRET));
        assertThat(anna.welcome().getPlayer()).isEqualTo("anna");
    }

    @Test
    @With("auth.jwt.single-use=true")
    void aTokenForOneLoginIsGoodForOne() throws Exception {
        String token = TestTokens.good("anna");
        RawClient anna = tavern.stranger();
        anna.login(token);
        refused(token);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    /** Other players behind the same address can still log in: a household has one address, and so has a school. */
    @Test
    @With("auth.failures-max=4")
    void whoGuessesAtAPlayerIsThrottledAndNobodyElse() throws Exception {
        for (int i = 0; i < 4; i++) {
            refused(forged("anna"));
        }
        assertThat(answer(forged("anna"))).isEqualTo(ErrorCode.AUTH_THROTTLED);
        refused(forged("ben"));
        tavern.client("anna");
        refused(forged("anna"));
    }

    @Test
    @With({"auth.failures-max=4", "auth.failures-per-address-max=6", "limits.uncounted-addresses="})
    void anAddressThatGuessesAtManyPlayersIsRefusedUnseen() throws Exception {
        for (int i = 0; i < 6; i++) {
            refused(forged("p" + i));
        }
        assertThat(answer(TestTokens.good("anna"))).isEqualTo(ErrorCode.AUTH_THROTTLED);
    }

    @Test
    @With({"auth.failures-max=4", "auth.failures-per-address-max=6"})
    void behindAnUncountedAddressIsEverybody() throws Exception {
        for (int i = 0; i < 9; i++) {
            refused(forged("p" + i));
        }
        tavern.client("anna");
    }

    private static String forged(String player) {
        return TestTokens.signed(TestTokens.HS256, TestTokens.claims(player, 300), TestTokens.SECRET.replace('0', '1'));
    }

    private ErrorCode answer(String token) throws IOException {
        RawClient stranger = tavern.stranger();
        stranger.send(Say.hello(token));
        return stranger.closedWith();
    }

    @Test
    void theLongestTokenFitsIntoAHelloWithAllElseThatItCanHold() throws Exception {
        RawClient anna = tavern.stranger();
        anna.seq(-2);
        Hello.Builder hello = Hello.newBuilder()
                .setProtocolVersion(Protocol.VERSION_MAX)
                .setToken(ofLength(4_000))
                .setResumeToken(ByteString.copyFrom(new byte[16]))
                .setLastRoom("r".repeat(32))
                .setLastRoomSeq(-1)
                .setLastSessionSeq(-1);
        assertThat(anna.hello(hello).getPlayer()).isEqualTo("anna");
        refused(ofLength(4_003));
    }

    /** @param characters a length that a base64 text can have; not every length is one */
    private static String ofLength(int characters) {
        String claims = TestTokens.claims("anna", 300);
        for (int pad = 0; ; pad++) {
            String padded = claims.replace("}", ",\"pad\":\"" + "x".repeat(pad) + "\"}");
            String token = TestTokens.signed(TestTokens.HS256, padded, TestTokens.SECRET);
            if (token.length() >= characters) {
                assertThat(token).hasSize(characters);
                return token;
            }
        }
    }
}
