package tavern.server.room;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;

/**
 * Counts the open rooms by the player and by the address that opened them: none of these may take up the whole server.
 * A room counts until it closes, whoever is in it. Safe on any thread; never blocks. Bounded by the number of rooms.
 */
final class OpenedRooms {
    private final int perPlayerMax;
    private final int perNetworkMax;
    private final ConcurrentMap<PlayerId, Integer> byPlayer = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Integer> byNetwork = new ConcurrentHashMap<>();

    OpenedRooms(int perPlayerMax, int perNetworkMax) {
        this.perPlayerMax = perPlayerMax;
        this.perNetworkMax = perNetworkMax;
    }

    /**
     * Counts one more room. @return why it must not be opened, in which case it is not counted, or null if it may be
     */
    @Nullable
    String take(RoomOpener opener) {
        if (!take(byPlayer, opener.player(), perPlayerMax)) {
            return "you have opened " + perPlayerMax + " rooms that are still open; raise limits.rooms-per-player-max";
        }
        if (!opener.network().isEmpty() && !take(byNetwork, opener.network(), perNetworkMax)) {
            release(byPlayer, opener.player());
            return "your address has opened " + perNetworkMax
                    + " rooms that are still open; raise limits.rooms-per-address-max";
        }
        return null;
    }

    /** The room was closed, or failed to open. */
    void release(RoomOpener opener) {
        release(byPlayer, opener.player());
        if (!opener.network().isEmpty()) {
            release(byNetwork, opener.network());
        }
    }

    private static <K> boolean take(ConcurrentMap<K, Integer> counts, K key, int max) {
        boolean[] taken = new boolean[1];
        counts.compute(key, (same, count) -> {
            int before = count == null ? 0 : count;
            taken[0] = before < max;
            return taken[0] ? before + 1 : count;
        });
        return taken[0];
    }

    private static <K> void release(ConcurrentMap<K, Integer> counts, K key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }
}
