package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ErrorCode;

/** Proofs that prove nothing, with {@code auth.mode = jwt}. */
class TokensIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with(
                    "auth.mode=jwt",
                    "auth.jwt.secret=" + Tokens.SECRET,
                    "auth.jwt.clock-skew-seconds=0",
                    "auth.failures-max=100")
            .tokens(Tokens::good);

    @Test
    void aTokenThatIsNotOursIsRefusedInTheSameWordsWhateverIsWrong() throws Exception {
        String claims = Tokens.claims("anna", 300);
        refused("anna");
        refused("");
        refused("a.b.c");
        refused(Tokens.signed(Tokens.HS256, Tokens.claims("anna", -10), Tokens.SECRET));
        refused(Tokens.signed(Tokens.HS256, claims, Tokens.SECRET.replace('0', '1')));
        refused(Tokens.unsigned(Tokens.HS256, claims));
        refused(Tokens.unsigned("{\"alg\":\"none\"}", claims));
        refused(Tokens.unsigned("{\"alg\":\"NONE\"}", claims));
        refused(Tokens.signed("{\"alg\":\"HS512\"}", claims, Tokens.SECRET));
        refused(Tokens.signed("{\"alg\":\"RS256\"}", claims, Tokens.SECRET));
        refused(Tokens.signed(Tokens.HS256, "{\"sub\":\"anna\"}", Tokens.SECRET));
        refused(Tokens.signed(Tokens.HS256, "{\"exp\":4000000000}", Tokens.SECRET));
        refused(Tokens.signed(Tokens.HS256, "{\"sub\":\"../x\",\"exp\":4000000000}", Tokens.SECRET));
        refused(Tokens.signed(Tokens.HS256, "{\"sub\":\"anna\",\"exp\":4000000000,\"nbf\":3999999999}", Tokens.SECRET));
        refused(Tokens.signed(
                Tokens.HS256, "{\"sub\":\"anna\",\"exp\":4000000000,\"aud\":\"elsewhere\"}", Tokens.SECRET));
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
        anna.login(Tokens.signed(header, Tokens.claims("anna", 300), Tokens.SECRET));
        assertThat(anna.welcome().getPlayer()).isEqualTo("anna");
    }

    @Test
    @With("auth.jwt.single-use=true")
    void aTokenForOneLoginIsGoodForOne() throws Exception {
        String token = Tokens.good("anna");
        RawClient anna = tavern.stranger();
        anna.login(token);
        refused(token);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    @Test
    @With("auth.failures-max=4")
    void whoGuessesTokensIsThrottled() throws Exception {
        for (int i = 0; i < 4; i++) {
            refused("guess" + i);
        }
        RawClient stranger = tavern.stranger();
        stranger.send(Say.hello(Tokens.good("anna")));
        assertThat(stranger.closedWith()).isEqualTo(ErrorCode.AUTH_THROTTLED);
    }
}
