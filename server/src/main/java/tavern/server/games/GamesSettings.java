package tavern.server.games;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which games there are, and how their rooms are run.
 *
 * @param folder with the games' jars; it need not exist. Null for no games
 * @param types by the name under which clients ask for them
 * @param turnsTotalBytes of all turns that are not decided, or 0 to derive it from the heap
 * @param recordings what they may take of the heap
 */
public record GamesSettings(
        @Nullable Path folder, SortedMap<String, Type> types, long turnsTotalBytes, Recordings recordings) {
    public GamesSettings {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }

    /**
     * One type of rooms.
     *
     * @param game name of a loaded game
     * @param capacity players; 0 for as many as the server allows
     * @param npcs at the same time in a room
     * @param tickEvery the rooms tick with every so many ticks of the server
     * @param settings for the game
     * @param isRecorded whether the newest turns of each room are kept in memory
     * @param turnMillisMax a turn that is computed for longer is logged
     */
    public record Type(
            String game,
            int capacity,
            boolean spectators,
            Create create,
            boolean listed,
            int idleCloseSeconds,
            boolean chat,
            boolean trades,
            boolean moves,
            int npcs,
            int tickEvery,
            SortedMap<String, String> settings,
            boolean isRecorded,
            int turnMillisMax) {
        public Type {
            settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }
    }

    /** What recordings may take of the heap, for one room and for all together. */
    public record Recordings(long roomBytes, long totalBytes) {}

    /** Who opens rooms of a type. */
    public enum Create {
        /** Whoever joins one. */
        CLIENT,
        /** Only games and operators, by sending somebody or something there. */
        SERVER
    }
}
