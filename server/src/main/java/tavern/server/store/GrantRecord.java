package tavern.server.store;

import java.time.Instant;

/**
 * A grant that was made.
 *
 * @param contents as {@link Grant#contents}; empty if an earlier version of the server made it, which did not record
 *     them
 * @param atMillis when it was made, or 0 if not known
 */
public record GrantRecord(String contents, long atMillis) {
    /**
     * Refuses a reference that was used for something else: repeating that grant would change nothing, but look like
     * success.
     */
    public IllegalArgumentException reused(String reference) {
        String when = atMillis == 0 ? "" : " at " + Instant.ofEpochMilli(atMillis);
        String what = contents.isEmpty()
                ? "the server of then did not keep for what"
                : "for something else (player and goods: " + contents + ")";
        return new IllegalArgumentException(
                "the reference " + reference + " was used before" + when + ", " + what + "; nothing was changed now");
    }
}
