package tavern.server.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * A hash over all rows of a checkpoint, whatever their order, that follows a change of some rows without reading the
 * others: the sum of the rows' SHA-256 hashes, modulo 2^256. It reveals damage; whoever wants to forge rows is stopped by
 * the chain of segments, from whose entries the rows follow. Confined to one thread.
 */
public final class CheckpointDigest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
    private static final int HEX_DIGITS = 64;

    private BigInteger sum;

    private CheckpointDigest(BigInteger sum) {
        this.sum = sum;
    }

    /** Of no rows. */
    public static CheckpointDigest empty() {
        return new CheckpointDigest(BigInteger.ZERO);
    }

    /** @param text as {@link #text} */
    public static CheckpointDigest of(String text) {
        return new CheckpointDigest(new BigInteger(1, HexFormat.of().parseHex(text)));
    }

    /** Does nothing for a row with the value {@link CheckpointRow#NONE}. */
    public void add(CheckpointRow row) {
        if (!row.isNone()) {
            sum = sum.add(hash(row)).mod(MODULUS);
        }
    }

    public void remove(CheckpointRow row) {
        if (!row.isNone()) {
            sum = sum.subtract(hash(row)).mod(MODULUS);
        }
    }

    private static BigInteger hash(CheckpointRow row) {
        return new BigInteger(1, Segment.sha256().digest(row.line().getBytes(US_ASCII)));
    }

    /** 64 hexadecimal digits. */
    public String text() {
        String digits = sum.toString(16);
        return "0".repeat(HEX_DIGITS - digits.length()) + digits;
    }
}
