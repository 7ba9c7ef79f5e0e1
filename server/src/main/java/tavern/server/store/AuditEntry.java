package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator did. Each entry is chained to the one before, so that changing one requires changing all later ones.
 *
 * @param seq from 1, without gaps
 * @param previousHash the hash of the entry before; {@link #GENESIS} for the first
 * @param operator which token was used, and its role
 * @param address the operator's network address
 * @param result the outcome, in words
 * @param hash SHA-256, in hexadecimal, of {@code previousHash} and all other components
 */
public record AuditEntry(
        long seq,
        String previousHash,
        long atMillis,
        String operator,
        String address,
        String action,
        String target,
        String reason,
        String result,
        String hash) {
    public static final String GENESIS = "0".repeat(64);

    /** The contents of an entry before it has a place in the chain. */
    public record Fact(
            long atMillis,
            String operator,
            String address,
            String action,
            String target,
            String reason,
            String result) {}

    /** @param previous the newest entry, or null if there is none */
    public static AuditEntry after(@Nullable AuditEntry previous, Fact fact) {
        long seq = previous == null ? 1 : previous.seq() + 1;
        String previousHash = previous == null ? GENESIS : previous.hash();
        return new AuditEntry(
                seq,
                previousHash,
                fact.atMillis(),
                fact.operator(),
                fact.address(),
                fact.action(),
                fact.target(),
                fact.reason(),
                fact.result(),
                hash(seq, previousHash, fact));
    }

    /** The hash that the entry must have if it was not changed. */
    public String expectedHash() {
        return hash(seq, previousHash, new Fact(atMillis, operator, address, action, target, reason, result));
    }

    /** Each text is preceded by its length, so that no two entries give the same bytes. */
    private static String hash(long seq, String previousHash, Fact fact) {
        MessageDigest digest = sha256();
        digest.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(seq)
                .putLong(fact.atMillis())
                .flip());
        List<String> texts = List.of(
                previousHash,
                fact.operator(),
                fact.address(),
                fact.action(),
                fact.target(),
                fact.reason(),
                fact.result());
        for (String text : texts) {
            byte[] bytes = text.getBytes(UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
