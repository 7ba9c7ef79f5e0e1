package tavern.server.books;

import java.util.SortedSet;

/**
 * Kinds of goods.
 *
 * @param stacks kinds of counted goods
 * @param items kinds of unique items
 */
public record KnownKinds(SortedSet<String> stacks, SortedSet<String> items) {}
