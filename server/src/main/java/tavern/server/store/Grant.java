package tavern.server.store;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * @param stacks counts by kind; negative ones are taken back
 * @param newItems kinds of unique items to make
 * @param removedItems ids of the player's items to take back
 */
public record Grant(SortedMap<String, Long> stacks, List<String> newItems, SortedSet<Long> removedItems) {}
