package tavern.server.session;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tavern.server.game.RoomId;
import tavern.server.session.Freeze.Scope;
import tavern.server.session.Freeze.What;

/**
 * The operators' kill switches. In memory: a restart lifts them. Any thread; asking is a look-up
 * in a map that is never changed, and nothing at all while nothing is frozen.
 */
public final class Freezes {
    private static final int FREEZES_MAX = 10_000;

    private final AtomicReference<Map<Freeze.Key, Freeze>> inForce = new AtomicReference<>(Map.of());

    /** @return false when there are too many already */
    public boolean add(Freeze freeze) {
        Map<Freeze.Key, Freeze> after = inForce.updateAndGet(before -> {
            if (before.size() >= FREEZES_MAX && !before.containsKey(freeze.key())) {
                return before;
            }
            Map<Freeze.Key, Freeze> changed = new HashMap<>(before);
            changed.put(freeze.key(), freeze);
            return Map.copyOf(changed);
        });
        return freeze.equals(after.get(freeze.key()));
    }

    /** @return false when there was no such freeze */
    public boolean lift(What what, Scope scope, String target) {
        Freeze.Key key = new Freeze.Key(what, scope, target);
        Map<Freeze.Key, Freeze> before = inForce.getAndUpdate(freezes -> {
            Map<Freeze.Key, Freeze> changed = new HashMap<>(freezes);
            changed.remove(key);
            return Map.copyOf(changed);
        });
        return before.containsKey(key);
    }

    /** @param room that it would happen in; null: in none */
    boolean stop(What what, @Nullable RoomId room, String player) {
        Map<Freeze.Key, Freeze> freezes = inForce.get();
        return !freezes.isEmpty()
                && (freezes.containsKey(new Freeze.Key(what, Scope.EVERYWHERE, ""))
                        || freezes.containsKey(new Freeze.Key(what, Scope.PLAYER, player))
                        || (room != null && freezes.containsKey(new Freeze.Key(what, Scope.ROOM, room.name()))));
    }

    /** For the player. */
    static String text(What what) {
        return "the operators have stopped " + what.name().toLowerCase(Locale.ROOT) + " for now";
    }

    /** The oldest first. */
    public List<Freeze> all() {
        return inForce.get().values().stream()
                .sorted(Comparator.comparingLong(Freeze::sinceMillis))
                .toList();
    }
}
