package tavern.server.session;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    private volatile Map<Freeze.Key, Freeze> inForce = Map.of();

    /** @return false when there are too many already */
    public synchronized boolean add(Freeze freeze) {
        if (inForce.size() >= FREEZES_MAX && !inForce.containsKey(freeze.key())) {
            return false;
        }
        Map<Freeze.Key, Freeze> changed = new HashMap<>(inForce);
        changed.put(freeze.key(), freeze);
        inForce = Map.copyOf(changed);
        return true;
    }

    /** @return false when there was no such freeze */
    public synchronized boolean lift(What what, Scope scope, String target) {
        Map<Freeze.Key, Freeze> changed = new HashMap<>(inForce);
        boolean lifted = changed.remove(new Freeze.Key(what, scope, target)) != null;
        inForce = Map.copyOf(changed);
        return lifted;
    }

    /** @param room that it would happen in; null: in none */
    boolean stops(What what, @Nullable RoomId room, String player) {
        Map<Freeze.Key, Freeze> freezes = inForce;
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
        return inForce.values().stream()
                .sorted(Comparator.comparingLong(Freeze::sinceMillis))
                .toList();
    }
}
