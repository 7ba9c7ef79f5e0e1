package tavern.server.operators;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Secrets made by the server. They have so much chance in them that one round of a hash protects them. */
public final class Credentials {
    /** What keys of accounts begin with, unlike the tokens of the token file. */
    private static final String SESSION = "tvs_";

    private static final String TOKEN = "tvt_";
    private static final int KEY_BYTES = 32;
    private static final int KEY_CHARACTERS = 4 + 43;
    private static final int RECOVERY_CODES = 10;
    private static final int RECOVERY_BYTES = 10;
    private static final int PASSWORD_BYTES = 15;
    private static final SecureRandom random = new SecureRandom();

    private Credentials() {}

    /** Whether the text looks like the key of a session or a token of an account. */
    public static boolean isKey(String text) {
        return text.length() == KEY_CHARACTERS && (text.startsWith(SESSION) || text.startsWith(TOKEN));
    }

    public static String newSession() {
        return SESSION + newSecret(KEY_BYTES);
    }

    public static String newToken() {
        return TOKEN + newSecret(KEY_BYTES);
    }

    /** A password that nobody chose. */
    public static String newPassword() {
        return newSecret(PASSWORD_BYTES);
    }

    /** Codes of the form {@code xxxx-xxxx-xxxx-xxxx}, each good for one sign-in without the second factor. */
    public static List<String> newRecoveryCodes() {
        return IntStream.range(0, RECOVERY_CODES)
                .mapToObj(i -> Base32.encode(bytes(RECOVERY_BYTES))
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("(.{4})(?=.)", "$1-"))
                .toList();
    }

    /** The hash of a recovery code, however it is typed. */
    static String recoveryHash(String code) {
        return hash(code.toLowerCase(Locale.ROOT).replaceAll("[^a-z2-7]", ""));
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String newSecret(int count) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(count));
    }

    /** SHA-256, in hexadecimal. */
    public static String hash(String secret) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
