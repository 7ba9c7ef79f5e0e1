package tavern.server.ops.books;

/** An operator's order, in words. @param seq in the audit log */
public record BookDeed(long seq, long atMillis, String text) {}
