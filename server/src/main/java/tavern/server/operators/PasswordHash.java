package tavern.server.operators;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** PBKDF2 with HMAC-SHA256, as {@code pbkdf2-sha256$<iterations>$<salt>$<hash>}. Slow on purpose. */
public final class PasswordHash {
    public static final int CHARACTERS_MIN = 12;
    private static final int CHARACTERS_MAX = 128;
    private static final String NAME = "pbkdf2-sha256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;

    private PasswordHash() {}

    /** Throws {@link OperatorException} when nobody should have this password. */
    static void require(String password, String operator) {
        int length = password.codePointCount(0, password.length());
        if (length < CHARACTERS_MIN || length > CHARACTERS_MAX) {
            throw OperatorException.bad("a password has " + CHARACTERS_MIN + " to " + CHARACTERS_MAX + " characters");
        }
        if (password.contains(operator) || password.chars().distinct().count() < 5) {
            throw OperatorException.bad("this password is too easy to guess");
        }
    }

    public static String of(String password, int iterations) {
        byte[] salt = Credentials.bytes(SALT_BYTES);
        return text(iterations, salt, derive(password, salt, iterations));
    }

    /** A hash that no password is known to have. */
    static String ofNobody(int iterations) {
        return text(iterations, Credentials.bytes(SALT_BYTES), Credentials.bytes(HASH_BITS / Byte.SIZE));
    }

    private static String text(int iterations, byte[] salt, byte[] hash) {
        Base64.Encoder text = Base64.getEncoder().withoutPadding();
        return NAME + "$" + iterations + "$" + text.encodeToString(salt) + "$" + text.encodeToString(hash);
    }

    /** Whether the hash has the form and the number of rounds of {@link #of}. */
    static boolean isOf(String hash, int iterations) {
        return hash.startsWith(NAME + "$" + iterations + "$");
    }

    /** Whether the password has this hash. A hash in another form is nobody's. */
    static boolean matches(String password, String hash) {
        String[] parts = hash.split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals(NAME)) {
            return false;
        }
        byte[] salt = Base64.getDecoder().decode(parts[2]);
        return MessageDigest.isEqual(
                Base64.getDecoder().decode(parts[3]), derive(password, salt, Integer.parseInt(parts[1])));
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        // Keyboards differ in how they compose letters.
        char[] normal = Normalizer.normalize(password, Normalizer.Form.NFKC).toCharArray();
        PBEKeySpec key = new PBEKeySpec(normal, salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has PBKDF2WithHmacSHA256", e);
        } finally {
            key.clearPassword();
        }
    }
}
