package tavern.server.operators;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Codes of authenticator apps: RFC 6238 with SHA-1, six digits and 30 seconds, the only variant that all apps know. */
public final class Totp {
    private static final int SECRET_BYTES = 20;
    private static final Pattern SECRET = Pattern.compile("[A-Z2-7]{32}");
    private static final Pattern CODE = Pattern.compile("[0-9]{6}");
    private static final long STEP_MILLIS = 30_000;

    /** How many steps the app's clock may be off. */
    private static final int STEPS_OFF_MAX = 1;

    private static final int MODULUS = 1_000_000;

    private Totp() {}

    /** A new secret, in base 32. */
    public static String newSecret() {
        return Base32.encode(Credentials.bytes(SECRET_BYTES));
    }

    static boolean isSecret(String text) {
        return SECRET.matcher(text).matches();
    }

    static boolean isCode(String text) {
        return CODE.matcher(text).matches();
    }

    /** What an app reads from a QR code. */
    public static String uri(String secret, String realm, String operator) {
        String issuer = encoded("Tavern " + realm);
        return "otpauth://totp/" + issuer + ":" + encoded(operator) + "?secret=" + secret + "&issuer=" + issuer;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /**
     * Returns the step whose code this is, of those near the present; empty if the code is wrong, or not newer than
     * {@code usedStep}: each code is good once.
     */
    static OptionalLong step(String secret, String code, long nowMillis, long usedStep) {
        long now = Math.floorDiv(nowMillis, STEP_MILLIS);
        OptionalLong found = OptionalLong.empty();
        for (long step = now - STEPS_OFF_MAX; step <= now + STEPS_OFF_MAX; step++) {
            boolean isThis = MessageDigest.isEqual(code(secret, step).getBytes(UTF_8), code.getBytes(UTF_8));
            if (isThis && step > usedStep) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    /** The code of the moment; what an app would show. */
    public static String code(String secret, long nowMillis, int stepsLater) {
        return code(secret, Math.floorDiv(nowMillis, STEP_MILLIS) + stepsLater);
    }

    private static String code(String secret, long step) {
        return String.format(Locale.ROOT, "%06d", truncated(Base32.decode(secret), step) % MODULUS);
    }

    /** The 31 bits of RFC 4226, 5.3. */
    static int truncated(byte[] secret, long step) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "RAW"));
            byte[] hash =
                    mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            return ByteBuffer.wrap(hash).getInt(hash[hash.length - 1] & 15) & Integer.MAX_VALUE;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA1", e);
        }
    }
}
