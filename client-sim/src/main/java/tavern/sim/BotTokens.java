package tavern.sim;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Issues login tokens, as an account service would: JSON Web Tokens signed with HS256, valid for an hour. */
final class BotTokens implements UnaryOperator<String> {
    private static final String HEADER = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
    private static final long SECONDS_VALID = 3_600;

    private final SecretKeySpec key;

    BotTokens(byte[] secret) {
        key = new SecretKeySpec(secret, "HmacSHA256");
    }

    @Override
    public String apply(String player) {
        long now = Instant.now().getEpochSecond();
        JsonObject claims = new JsonObject();
        claims.addProperty("sub", player);
        claims.addProperty("iat", now);
        claims.addProperty("exp", now + SECONDS_VALID);
        claims.addProperty("jti", UUID.randomUUID().toString());
        String signed = HEADER + "." + base64(claims.toString().getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
