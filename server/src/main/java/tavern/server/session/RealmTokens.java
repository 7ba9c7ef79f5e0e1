package tavern.server.session;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * P-104: secret tokens that say in clear on which server they were made, so that every server of the realm knows whom to ask, and
 * that no one but the realm's servers can make. So a token of a server that has crashed is told from a guess.
 *
 * <pre>
 *   length of the server's id | id | 64 random bits | 64 bits of the HMAC of all that, with the realm's key
 * </pre>
 *
 * Whoever lacks the key has all 128 bits to guess. Safe on any thread.
 */
final class RealmTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int RANDOM_BYTES = 8;
    private static final int SEAL_BYTES = 8;
    private static final int SECRET_BYTES = RANDOM_BYTES + SEAL_BYTES;
    private static final int NODE_BYTES_MAX = 32;

    private final ByteString head;
    private final Supplier<byte[]> key;

    /** @param key that all servers of the realm have, now */
    RealmTokens(String node, Supplier<byte[]> key) {
        ByteString id = ByteString.copyFrom(node, US_ASCII);
        this.head = ByteString.copyFrom(new byte[] {(byte) id.size()}).concat(id);
        this.key = key;
    }

    ByteString fresh(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        ByteString sealed = head.concat(ByteString.copyFrom(bytes));
        return sealed.concat(ByteString.copyFrom(seal(sealed)));
    }

    /** The id of the server that it says has made it; empty when it is not a token of this form. */
    static Optional<String> node(ByteString token) {
        int length = token.isEmpty() ? 0 : token.byteAt(0);
        if (length < 1 || length > NODE_BYTES_MAX || token.size() != 1 + length + SECRET_BYTES) {
            return Optional.empty();
        }
        String node = token.substring(1, 1 + length).toString(US_ASCII);
        return node.chars().allMatch(RealmTokens::isOfNode) ? Optional.of(node) : Optional.empty();
    }

    private static boolean isOfNode(int character) {
        return Character.isLetterOrDigit(character) && character < 0x80 || character == '_' || character == '-';
    }

    /** Whether a server of the realm has made it, at whatever time; false for those of servers that did not seal them yet. */
    boolean isGenuine(ByteString token) {
        int sealed = token.size() - SEAL_BYTES;
        return node(token).isPresent()
                && MessageDigest.isEqual(
                        seal(token.substring(0, sealed)),
                        token.substring(sealed).toByteArray());
    }

    private byte[] seal(ByteString sealed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.get(), ALGORITHM));
            mac.update(sealed.asReadOnlyByteBuffer());
            return Arrays.copyOf(mac.doFinal(), SEAL_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
