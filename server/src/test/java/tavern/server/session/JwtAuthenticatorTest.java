package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.server.time.SetClocks;

/** Tokens are made by hand here, so that the library under test has no part in making them. */
final class JwtAuthenticatorTest {
    private static final long NOW_SECONDS = 1_800_000_000L;
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final Key HMAC = new SecretKeySpec(SECRET, "HmacSHA256");
    private static final String CLAIMS = claims("ann");

    @TempDir
    static Path folder;

    private static KeyPair rsa = generate("RSA");
    private static KeyPair ed = generate("Ed25519");

    private final SetClocks clock = new SetClocks(NOW_SECONDS * 1_000);

    @BeforeAll
    static void writeKeys() throws IOException {
        Files.writeString(folder.resolve("rsa.pem"), pem(rsa));
        Files.writeString(folder.resolve("ed.pem"), pem(ed));
    }

    @Test
    void aTokenOfEachAlgorithmProvesTheName() throws Exception {
        assertThat(hs256().prove(token("HS256", CLAIMS, HMAC)).player()).isEqualTo("ann");
        assertThat(signed("RS256", "rsa.pem")
                        .prove(token("RS256", CLAIMS, rsa.getPrivate()))
                        .player())
                .isEqualTo("ann");
        assertThat(signed("EdDSA", "ed.pem")
                        .prove(token("EdDSA", CLAIMS, ed.getPrivate()))
                        .player())
                .isEqualTo("ann");
    }

    @Test
    void aTokenSignedWithThePublicKeyAsAnHmacSecretIsRefused() throws Exception {
        byte[] pem = Files.readAllBytes(folder.resolve("rsa.pem"));
        for (byte[] secret : List.of(pem, rsa.getPublic().getEncoded())) {
            String forged = token("HS256", CLAIMS, new SecretKeySpec(secret, "HmacSHA256"));
            refuses(signed("RS256", "rsa.pem"), forged);
            refuses(both(), forged);
        }
        assertThat(both().prove(token("HS256", CLAIMS, HMAC)).player()).isEqualTo("ann");
    }

    @Test
    void anAlgorithmThatIsNotOnTheListIsRefused() throws Exception {
        refuses(hs256(), token("RS256", CLAIMS, rsa.getPrivate()));
        refuses(hs256(), token("EdDSA", CLAIMS, ed.getPrivate()));
        refuses(signed("RS256", "rsa.pem"), token("HS256", CLAIMS, HMAC));
        refuses(hs256(), token("HS384", CLAIMS, HMAC));
        for (String none : List.of("none", "None", "NONE", "", "hs256")) {
            String head = base64("{\"alg\":\"" + none + "\"}") + "." + base64(CLAIMS) + ".";
            refuses(hs256(), head);
            refuses(hs256(), head + base64("x"));
        }
        refuses(hs256(), base64("{}") + "." + base64(CLAIMS) + ".");
    }

    @Test
    void aChangedTokenIsRefused() throws Exception {
        String token = token("HS256", CLAIMS, HMAC);
        String[] parts = token.split("\\.", -1);
        refuses(hs256(), parts[0] + "." + base64(claims("bob")) + "." + parts[2]);
        refuses(hs256(), parts[0] + "." + parts[1] + ".");
        refuses(hs256(), parts[0] + "." + parts[1]);
        refuses(hs256(), token("HS256", CLAIMS, new SecretKeySpec(new byte[32], "HmacSHA256")));
    }

    @Test
    void whatTheHeaderSaysAboutKeysIsNotLookedAt() throws Exception {
        for (String kid : List.of("../../etc/passwd", "' OR 1=1 --", "http://127.0.0.1:1/key")) {
            String header = "{\"alg\":\"HS256\",\"kid\":\"" + kid + "\",\"jku\":\"http://127.0.0.1:1/\","
                    + "\"x5u\":\"http://127.0.0.1:1/\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}";
            assertThat(hs256().prove(sign(header, "HS256", CLAIMS, HMAC)).player())
                    .isEqualTo("ann");
            refuses(hs256(), sign(header, "HS256", CLAIMS, new SecretKeySpec(new byte[3], "HmacSHA256")));
        }
        refuses(hs256(), sign("{\"alg\":\"HS256\",\"crit\":[\"new\"],\"new\":1}", "HS256", CLAIMS, HMAC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"ann\"}",
                "{\"exp\":1800000060}",
                "{\"sub\":\"ann\",\"exp\":1799999989}",
                "{\"sub\":\"ann\",\"exp\":1800000060,\"nbf\":1800000011}",
                "{\"sub\":\"ann\",\"exp\":\"soon\"}",
                "{\"sub\":7,\"exp\":1800000060}",
                "{\"sub\":\"\",\"exp\":1800000060}",
                "{\"sub\":\"../ann\",\"exp\":1800000060}",
                "{\"sub\":\"ann\\u0000\",\"exp\":1800000060}",
                "{\"sub\":\"ann\",\"exp\":1800000060,\"aud\":\"elsewhere\"}",
                "{\"sub\":\"ann\",\"sub\":\"bob\",\"exp\":1800000060}",
                "{\"sub\":\"ann\",\"exp\":1,\"exp\":1800000060}",
                "not json",
                "[]",
                "",
            })
    void claimsThatDoNotHoldAreRefused(String claims) throws Exception {
        refuses(hs256(), token("HS256", claims, HMAC));
    }

    @Test
    void theClocksMayDifferByTheAllowedSeconds() throws Exception {
        assertThat(hs256().prove(token("HS256", "{\"sub\":\"ann\",\"exp\":1799999991}", HMAC))
                        .player())
                .isEqualTo("ann");
        clock.turn(2_000);
        refuses(hs256(), token("HS256", "{\"sub\":\"ann\",\"exp\":1799999991}", HMAC));
    }

    @ParameterizedTest
    @CsvSource({"inn,tavern,true", "other,tavern,false", "inn,other,false", ",tavern,false", "inn,,false"})
    void issuerAndAudienceMustBeAsConfigured(@Nullable String issuer, @Nullable String audience, boolean accepted)
            throws Exception {
        JwtAuthenticator authenticator = new JwtAuthenticator(
                new AuthSettings.Jwt(
                        List.of("HS256"), new String(SECRET, StandardCharsets.UTF_8), null, "inn", "tavern", 10, false),
                clock.wall());
        String claims = "{\"sub\":\"ann\",\"exp\":1800000060"
                + (issuer == null ? "" : ",\"iss\":\"" + issuer + "\"")
                + (audience == null ? "" : ",\"aud\":[\"" + audience + "\"]") + "}";

        if (accepted) {
            assertThat(authenticator.prove(token("HS256", claims, HMAC)).player())
                    .isEqualTo("ann");
        } else {
            refuses(authenticator, token("HS256", claims, HMAC));
        }
    }

    @Test
    void tokensAreJudgedByTheClockAsItIsSetWhileTheServerRuns() throws Exception {
        JwtAuthenticator authenticator = hs256();
        String token = token("HS256", CLAIMS, HMAC);
        assertThat(authenticator.prove(token).player()).isEqualTo("ann");

        clock.setWall(Duration.ofDays(1));
        assertThat(refusal(authenticator, token)).hasMessage("token expired");
        clock.setWall(Duration.ofDays(-1));
        assertThat(authenticator.prove(token).player()).isEqualTo("ann");
    }

    @Test
    void aTokenThatIsTooLongIsRefusedUnread() throws Exception {
        String claims = "{\"sub\":\"ann\",\"exp\":1800000060,\"pad\":\"" + "x".repeat(4_096) + "\"}";

        assertThat(refusal(hs256(), token("HS256", claims, HMAC))).hasMessage("token too long");
    }

    @Test
    void whatATokenClaimsIsReadWithoutAProof() throws Exception {
        Key anotherKey = new SecretKeySpec(new byte[32], "HmacSHA256");
        assertThat(hs256().claimedName(token("HS256", claims("ann"), anotherKey)))
                .isEqualTo("ann");
        for (String token : new String[] {
            "", ".", "..", "a.b.c", "a." + base64("{}") + ".c", "a." + base64(claims("../x")) + ".c", "ann"
        }) {
            assertThat(hs256().claimedName(token)).as(token).isEmpty();
        }
    }

    @Test
    void rubbishIsRefused() throws Exception {
        for (String rubbish : List.of("", ".", "..", "...", "a.b.c", "....", "ann", "\0", "é.é.é")) {
            refuses(hs256(), rubbish);
        }
    }

    @Test
    void aSingleUseTokenIsGoodForOneLogin() throws Exception {
        JwtAuthenticator authenticator = new JwtAuthenticator(jwt("HS256", null, true), clock.wall());
        String token = token("HS256", "{\"sub\":\"ann\",\"exp\":1800000060,\"jti\":\"1\"}", HMAC);
        String other = token("HS256", "{\"sub\":\"ann\",\"exp\":1800000060,\"jti\":\"2\"}", HMAC);

        Proof first = authenticator.prove(token);
        Proof atTheSameTime = authenticator.prove(token);
        authenticator.use(first);
        assertThatThrownBy(() -> authenticator.use(atTheSameTime)).hasMessage("token used before");
        assertThat(refusal(authenticator, token)).hasMessage("token used before");
        assertThat(authenticator.prove(other).player()).isEqualTo("ann");
        clock.turn(69_999);
        assertThat(refusal(authenticator, token)).hasMessage("token used before");
        refuses(authenticator, CLAIMS);
        refuses(authenticator, token("HS256", CLAIMS, HMAC));
    }

    @Test
    void usedTokensAreNeverForgottenForLackOfRoom() throws Exception {
        UsedTokens used = new UsedTokens(clock.wall(), 2);
        used.add("1", clock.wall().millis() + 1_000);
        used.add("2", clock.wall().millis() + 2_000);

        assertThatThrownBy(() -> used.add("3", clock.wall().millis() + 1_000)).hasMessageContaining("too many");
        clock.turn(1_500);
        used.add("3", clock.wall().millis() + 1_000);
        assertThatThrownBy(() -> used.add("2", clock.wall().millis() + 1_000)).isInstanceOf(AuthException.class);
    }

    @Test
    void aRefusalHasNoStackAndTellsNothingOfTheToken() throws Exception {
        AuthException refusal = refusal(hs256(), token("HS256", "{\"sub\":\"ann\",\"exp\":1}", HMAC));

        assertThat(refusal).hasMessage("token expired");
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    private JwtAuthenticator hs256() throws Exception {
        return new JwtAuthenticator(jwt("HS256", null, false), clock.wall());
    }

    private JwtAuthenticator signed(String algorithm, String file) throws Exception {
        return new JwtAuthenticator(jwt(algorithm, folder.resolve(file), false), clock.wall());
    }

    private JwtAuthenticator both() throws Exception {
        return new JwtAuthenticator(
                new AuthSettings.Jwt(
                        List.of("HS256", "RS256"),
                        new String(SECRET, StandardCharsets.UTF_8),
                        folder.resolve("rsa.pem"),
                        null,
                        null,
                        10,
                        false),
                clock.wall());
    }

    private static AuthSettings.Jwt jwt(String algorithm, @Nullable Path key, boolean singleUse) {
        return new AuthSettings.Jwt(
                List.of(algorithm), new String(SECRET, StandardCharsets.UTF_8), key, null, null, 10, singleUse);
    }

    private static void refuses(Authenticator authenticator, String token) {
        assertThatThrownBy(() -> authenticator.prove(token)).as(token).isInstanceOf(AuthException.class);
    }

    private static AuthException refusal(Authenticator authenticator, String token) {
        return catchThrowableOfType(AuthException.class, () -> authenticator.prove(token));
    }

    private static String claims(String name) {
        return "{\"sub\":\"" + name + "\",\"exp\":" + (NOW_SECONDS + 60) + "}";
    }

    private static String token(String algorithm, String claims, Key key) throws GeneralSecurityException {
        return sign("{\"alg\":\"" + algorithm + "\"}", algorithm, claims, key);
    }

    private static String sign(String header, String algorithm, String claims, Key key)
            throws GeneralSecurityException {
        String content = base64(header) + "." + base64(claims);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature(algorithm, bytes, key));
    }

    private static byte[] signature(String algorithm, byte[] content, Key key) throws GeneralSecurityException {
        if (key instanceof PrivateKey privateKey) {
            Signature signature = Signature.getInstance(algorithm.equals("RS256") ? "SHA256withRSA" : "Ed25519");
            signature.initSign(privateKey);
            signature.update(content);
            return signature.sign();
        }
        Mac mac = Mac.getInstance(algorithm.equals("HS384") ? "HmacSHA384" : "HmacSHA256");
        mac.init(key);
        return mac.doFinal(content);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static KeyPair generate(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
