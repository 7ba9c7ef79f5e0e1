package tavern.server.ops.books;

import java.util.List;

/**
 * A unique item and how it came to its owner.
 *
 * @param owner empty: it went back to the mint
 * @param entries that moved it, the oldest first: the first of all, and the newest
 */
public record BookItem(long item, String kind, String owner, List<BookEntry> entries) {}
