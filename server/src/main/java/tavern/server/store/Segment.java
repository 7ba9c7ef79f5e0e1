package tavern.server.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A closed part of the ledger, as it was sealed: entries from one position to another, and how they change the
 * checkpoint. Each segment has the hash of the one before, so none can be changed, left out or put in without a trace.
 *
 * @param number from 1, without gaps
 * @param before the hash of the segment before; {@link #GENESIS} for the first one
 * @param entries number of entries, at least 1
 * @param first position of the first entry
 * @param last position of the last entry
 * @param newestMillis the latest date of an entry, since dates may go back
 * @param entriesHash SHA-256 of all {@link LedgerLine}s, each with a line feed
 * @param changes number of rows of the checkpoint that differ from those before
 * @param changesHash SHA-256 of these rows as {@link CheckpointRow#line}, each with a line feed, in the order of their keys
 * @param digest of all rows of the checkpoint afterwards ({@link CheckpointDigest})
 */
public record Segment(
        long number,
        String before,
        long entries,
        String first,
        String last,
        long newestMillis,
        String entriesHash,
        long changes,
        String changesHash,
        String digest) {
    public static final String GENESIS = "0".repeat(64);

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int WORDS = 10;

    /** @throws IllegalArgumentException when no segment can be so */
    public Segment {
        if (number < 1 || entries < 1 || changes < 0 || LedgerPosition.of(first).isAfter(last)) {
            throw new IllegalArgumentException(
                    "not a segment: number " + number + ", " + entries + " entries from " + first + " to " + last);
        }
        for (String hash : new String[] {before, entriesHash, changesHash, digest}) {
            if (!HASH.matcher(hash).matches()) {
                throw new IllegalArgumentException("not a hash: " + hash);
            }
        }
    }

    /** All components in their order, separated by spaces. */
    public String text() {
        return number + " " + before + " " + entries + " " + first + " " + last + " " + newestMillis + " " + entriesHash
                + " " + changes + " " + changesHash + " " + digest;
    }

    /** @throws IllegalArgumentException when the text was not made by {@link #text} */
    public static Segment parse(String text) {
        String[] words = text.split(" ", -1);
        if (words.length != WORDS) {
            throw new IllegalArgumentException("not a segment: " + text);
        }
        Segment segment = new Segment(
                Long.parseLong(words[0]),
                words[1],
                Long.parseLong(words[2]),
                words[3],
                words[4],
                Long.parseLong(words[5]),
                words[6],
                Long.parseLong(words[7]),
                words[8],
                words[9]);
        if (!segment.text().equals(text)) {
            throw new IllegalArgumentException("not a segment: " + text);
        }
        return segment;
    }

    /** SHA-256 of {@link #text}. */
    public String hash() {
        return hex(sha256().digest(text().getBytes(US_ASCII)));
    }

    public boolean follows(Segment other) {
        return number == other.number + 1 && before.equals(other.hash()) && LedgerPosition.isNext(first, other.last);
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    public static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
