package tavern.server.store;

/**
 * The head of the audit log at some moment, recorded outside the log.
 *
 * @param where the place that recorded it, for people
 * @param seq number of the entry that was the newest then
 * @param hash hash of that entry
 */
public record AuditAnchor(String where, long seq, String hash, long atMillis) {}
