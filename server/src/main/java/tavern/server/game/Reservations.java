package tavern.server.game;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.PlayerId;

/**
 * Goods that a commit in flight may take. Kept per player and not per member, because a player can leave and come back
 * before the store has answered.
 */
final class Reservations {
    private static final Held NOTHING = new Held();

    private final Map<PlayerId, Held> heldBy = new HashMap<>();

    private static final class Held {
        final Map<String, Long> stacks = new HashMap<>();
        final Set<Long> items = new HashSet<>();

        boolean isEmpty() {
            return stacks.isEmpty() && items.isEmpty();
        }
    }

    /** Whether the player owns the goods and none of them is held. */
    boolean covers(PlayerId player, Inventory owned, Goods goods) {
        Held held = heldBy.getOrDefault(player, NOTHING);
        for (Long item : goods.items()) {
            if (!owned.owns(item) || held.items.contains(item)) {
                return false;
            }
        }
        for (var stack : goods.stacks().entrySet()) {
            if (owned.count(stack.getKey()) - held.stacks.getOrDefault(stack.getKey(), 0L) < stack.getValue()) {
                return false;
            }
        }
        return true;
    }

    void hold(PlayerId player, Goods goods) {
        Held held = heldBy.computeIfAbsent(player, id -> new Held());
        held.items.addAll(goods.items());
        goods.stacks().forEach((kind, count) -> held.stacks.merge(kind, count, Math::addExact));
    }

    void release(PlayerId player, Goods goods) {
        Held held = heldBy.get(player);
        if (held == null) {
            return;
        }
        goods.items().forEach(held.items::remove);
        goods.stacks().forEach((kind, count) -> held.stacks.merge(kind, -count, Reservations::sumOrNone));
        if (held.isEmpty()) {
            heldBy.remove(player);
        }
    }

    private static @Nullable Long sumOrNone(Long held, Long change) {
        long sum = held + change;
        return sum == 0 ? null : sum;
    }
}
