package tavern.server.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recent events of players, for operators. Kept in memory and bounded in two ways: the newest events of each player,
 * and the players with the most recent events. Safe on any thread; never blocks, and moves do not pass through it.
 */
public final class Journal {
    static final int EVENTS_MAX = 64;
    static final int PLAYERS_MAX = 4_096;

    private final InstantSource clock;
    private final Cache<String, Ring> players = Caffeine.newBuilder()
            .maximumSize(PLAYERS_MAX)
            .executor(Runnable::run)
            .build();

    Journal(InstantSource clock) {
        this.clock = clock;
    }

    public enum What {
        CONNECTED,
        RESUMED,
        DISCONNECTED,
        JOINED,
        LEFT,
        CHAT,
        WHISPER
    }

    /** @param room empty for none */
    public record Event(long atMillis, What what, String room, String text) {}

    void add(String player, What what, String room, String text) {
        Event event = new Event(clock.millis(), what, room, text);
        players.get(player, name -> new Ring()).add(event);
    }

    /** The events of the player that are still kept, the newest first. */
    public List<Event> of(String player) {
        Ring ring = players.getIfPresent(player);
        return ring == null ? List.of() : ring.newestFirst();
    }

    /** Removes the player's events. */
    public void forget(String player) {
        players.invalidate(player);
    }

    /** The newest events of one player. */
    private static final class Ring {
        private @Nullable Event[] events = new Event[8];
        private int count;

        synchronized void add(Event event) {
            if (count == events.length && events.length < EVENTS_MAX) {
                @Nullable Event[] larger = new Event[2 * events.length];
                System.arraycopy(events, 0, larger, 0, count);
                events = larger;
            }
            events[count % events.length] = event;
            count++;
        }

        synchronized List<Event> newestFirst() {
            List<Event> found = new ArrayList<>();
            for (int i = count - 1; i >= Math.max(0, count - events.length); i--) {
                Event event = events[i % events.length];
                if (event != null) {
                    found.add(event);
                }
            }
            return found;
        }
    }
}
