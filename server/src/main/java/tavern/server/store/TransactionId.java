package tavern.server.store;

import java.util.UUID;
import tavern.protocol.UuidV7;

/**
 * What makes a transaction happen once: its outcome is remembered under it for {@code store.outcomes-kept-days}. An id
 * either has no time, or that of the UUID in its text, so that nobody can repeat the text under another time.
 */
public final class TransactionId {
    private final String kind;
    private final String text;
    private final long bornMillis;

    private TransactionId(String kind, String text, long bornMillis) {
        this.kind = kind;
        this.text = text;
        this.bornMillis = bornMillis;
    }

    /**
     * Returns an id without a time: its outcome is remembered from the commit on, and once it is forgotten, the id can be
     * used again.
     *
     * @param text at most 200 characters of ASCII without spaces; the part up to the first colon, which is not empty, is the
     *     transaction's kind ({@code grant:…}). Only the server's own kinds may have a {@code #}
     */
    public static TransactionId undated(String text) {
        int colon = text.indexOf(':');
        return new TransactionId(colon < 0 ? text : text.substring(0, colon), text, 0);
    }

    /**
     * Returns the id {@code <kind>:<owner>-<uuid>}, which is refused once its outcome may have been forgotten.
     *
     * @param kind without a colon
     * @param owner in whose name the UUID is unique
     * @throws IllegalArgumentException when the UUID is not of version 7, or the kind has a colon
     */
    public static TransactionId dated(String kind, String owner, UUID uuid) {
        if (kind.indexOf(':') >= 0) {
            throw new IllegalArgumentException("the kind " + kind + " has a colon");
        }
        return new TransactionId(kind, kind + ":" + owner + "-" + uuid, UuidV7.millis(uuid));
    }

    public String text() {
        return text;
    }

    /** The time that the id itself carries, in milliseconds since 1970; 0 for an id without a time. */
    public long bornMillis() {
        return bornMillis;
    }

    public String kind() {
        return kind;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransactionId id && text.equals(id.text) && bornMillis == id.bornMillis;
    }

    @Override
    public int hashCode() {
        return 31 * text.hashCode() + Long.hashCode(bornMillis);
    }

    @Override
    public String toString() {
        return text;
    }
}
