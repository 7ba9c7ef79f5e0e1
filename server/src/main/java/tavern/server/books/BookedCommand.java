package tavern.server.books;

/**
 * An operator's command, in words.
 *
 * @param seq number in the audit log
 */
public record BookedCommand(long seq, long atMillis, String text) {}
