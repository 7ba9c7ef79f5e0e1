package tavern.server.store;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import tavern.game.PlayerId;

/**
 * @param stacks counts by kind; negative counts are taken back
 * @param newItems kinds of the unique items to create
 * @param removedItems ids of the player's items to take back
 */
public record Grant(SortedMap<String, Long> stacks, List<String> newItems, SortedSet<Long> removedItems) {
    /**
     * The grant as one text; two grants have the same text exactly when they are the same. {@code 12
     * gold=5,potion=-1,+bow,-17}: the player, stacks, kinds of new items, ids of items taken back, each in order.
     */
    public String contents(PlayerId player) {
        StringBuilder text = new StringBuilder();
        stacks.forEach((kind, count) -> {
            if (count != 0) {
                comma(text).append(kind).append('=').append((long) count);
            }
        });
        newItems.stream().sorted().forEach(kind -> comma(text).append('+').append(kind));
        removedItems.forEach(id -> comma(text).append('-').append((long) id));
        return player.value() + " " + text;
    }

    private static StringBuilder comma(StringBuilder text) {
        return text.isEmpty() ? text : text.append(',');
    }
}
