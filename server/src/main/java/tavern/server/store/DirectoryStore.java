package tavern.server.store;

import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;

/**
 * Which servers the realm has, and which rooms they have open. Only for servers that share a realm. Nothing here is needed to
 * protect anything: who owns a room is decided by its lease.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface DirectoryStore {
    /** News of rooms in one report. */
    int NEWS_MAX = 500;

    /** For how long a server that is silent is remembered. */
    long FORGOTTEN_MILLIS = 3_600_000;

    /**
     * Takes a server's report, and tells it the news. Of two that say something of a room, the one with the larger fence
     * counts.
     */
    CompletionStage<DirectoryAnswer> exchange(DirectoryReport report);

    /**
     * Keeps an order for all servers of the realm, which is in each {@link DirectoryAnswer} from then on.
     *
     * @param order empty to take the present one back
     */
    CompletionStage<Void> order(String order);

    /**
     * Notes for a while on which server a room is to be opened that nobody has open, unless that is noted already.
     *
     * @return the server that is noted; empty when somebody has the room's lease
     */
    CompletionStage<String> place(RoomId room, String node, long keptMillis);
}
