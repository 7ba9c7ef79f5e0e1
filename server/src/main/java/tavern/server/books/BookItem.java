package tavern.server.books;

import java.util.List;

/**
 * A unique item and how it came to its owner.
 *
 * @param owner empty if it went back to the mint
 * @param omitted number of entries left out between the first and the others
 * @param entries that moved it, the oldest first: the first of all, and the newest
 */
public record BookItem(long item, String kind, String owner, long omitted, List<BookEntry> entries) {}
