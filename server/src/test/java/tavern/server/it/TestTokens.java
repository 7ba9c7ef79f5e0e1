package tavern.server.it;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** JSON Web Tokens made by hand, so that they can be wrong in any way. */
final class TestTokens {
    static final String SECRET = "0123456789abcdef0123456789abcdef";
    static final String HS256 = "{\"alg\":\"HS256\"}";

    private TestTokens() {}

    static String claims(String name, long secondsFromNow) {
        long expiry = System.currentTimeMillis() / 1_000 + secondsFromNow;
        return "{\"sub\":\"" + name + "\",\"exp\":" + expiry + ",\"jti\":\"" + name + "-" + System.nanoTime() + "\"}";
    }

    static String good(String name) {
        return signed(HS256, claims(name, 300), SECRET);
    }

    static String signed(String header, String claims, String secret) {
        String content = base64(header) + "." + base64(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            byte[] signature = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String unsigned(String header, String claims) {
        return base64(header) + "." + base64(claims) + ".";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
