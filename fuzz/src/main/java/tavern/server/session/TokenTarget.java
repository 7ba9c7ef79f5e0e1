package tavern.server.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tavern.fuzz.FuzzTarget;
import tavern.game.Names;

/**
 * A login token, once as it came, once as claims that are signed with the right key, and once as head and claims: what
 * is refused is refused with {@link AuthException}, and who gets in has a valid name and did sign.
 */
public final class TokenTarget implements FuzzTarget {
    public static final String NAME = "token";

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HEAD = "{\"alg\":\"HS256\"}";

    private final Authenticator authenticator;

    public TokenTarget() {
        try {
            authenticator = new JwtAuthenticator(
                    new AuthSettings.Jwt(List.of("HS256"), SECRET, null, null, null, 60, false),
                    Clock.fixed(NOW, ZoneOffset.UTC));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe() {
        return "a login token (JWT)";
    }

    @Override
    public List<byte[]> seeds() {
        String claims = "{\"sub\":\"anna\",\"exp\":" + NOW.plusSeconds(60).getEpochSecond() + "}";
        return Stream.of(
                        claims,
                        signed(HEAD, claims),
                        signed("{\"alg\":\"none\"}", claims),
                        signed("{\"alg\":\"HS256\",\"zip\":\"DEF\",\"crit\":[\"exp\"],\"jku\":\"http://x\"}", claims),
                        "{\"sub\":\"anna\",\"exp\":1e300,\"nbf\":-1,\"iat\":\"x\",\"aud\":[1],\"iss\":{}}",
                        "a.b.c.d.e")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void run(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        authenticator.claimedName(text);
        String name = prove(text);
        if (name != null && !isSigned(text)) {
            throw new AssertionError("a token that nobody signed lets " + name + " in");
        }
        prove(signed(HEAD, text));
        int line = text.indexOf('\n');
        if (line >= 0) {
            prove(signed(text.substring(0, line), text.substring(line + 1)));
        }
    }

    /** Whether the signature, read as leniently as the library does, is that of head and claims. */
    private static boolean isSigned(String token) {
        int end = token.lastIndexOf('.');
        String signature = token.substring(end + 1).replaceAll("[^A-Za-z0-9_-]", "");
        Base64.Decoder decoder = Base64.getUrlDecoder();
        return end >= 0 && Arrays.equals(decoder.decode(signature), decoder.decode(signature(token.substring(0, end))));
    }

    private @Nullable String prove(String token) {
        try {
            String name = authenticator.prove(token).player();
            if (!Names.isPlayerName(name)) {
                throw new AssertionError("a player's name that is none");
            }
            return name;
        } catch (AuthException e) {
            return null;
        }
    }

    private static String signed(String head, String claims) {
        String text = encode(head) + "." + encode(claims);
        return text + "." + signature(text);
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
