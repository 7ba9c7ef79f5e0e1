package tavern.server.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;

/**
 * On which of the realm's servers players are, and messages between the servers. Only for servers that share a realm.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface PresenceStore {
    /** How long a server may ask again for what it has taken over. */
    long TAKEN_MILLIS = 20_000;

    /** One login of a player. */
    record PlayerLogin(PlayerId player, long number) {}

    /**
     * Notes that the player has logged in on this server. The answer's number is larger than those of earlier logins. Once this
     * has failed, it does not happen any more, and what the player does then is newer.
     */
    CompletionStage<Presence> arrive(PlayerId player, String node);

    /**
     * Notes an earlier login again, which the store may have lost, unless there is a newer one.
     *
     * @return the player's newest login
     */
    CompletionStage<Presence> arriveAgain(PlayerId player, Presence login);

    /** Forgets these logins; those that are no longer the players' newest are ignored. */
    CompletionStage<Void> depart(Map<PlayerId, Long> logins);

    /** Returns the newest logins of those of the players who are somewhere in the realm. */
    CompletionStage<Map<PlayerId, Presence>> present(Collection<PlayerId> players);

    /** Forgets the logins on servers that no longer exist. Takes several calls to the store. */
    CompletionStage<Void> forgetDeadNodes();

    /** Forgets the logins of an earlier life of this server. Takes several calls to the store; those after it stay. */
    CompletionStage<Void> forgetOwn(String node);

    /** Whether there is a server with this id; after its end for as long as its lease. */
    CompletionStage<Boolean> isAlive(String node);

    /** Sends a message to a server, which hears it if it is there and reaches the store. */
    CompletionStage<Void> send(String node, List<String> words);

    /**
     * Leaves a message for the server that knows its id.
     *
     * @param login of the player whose session it is, or null if it is none
     * @param millis after which it is forgotten
     */
    CompletionStage<Void> leave(String id, @Nullable PlayerLogin login, byte[] message, long millis);

    /**
     * Takes what was left under this id, once. If it is a session, this is a login of its player on this server. Completes with
     * nothing when nothing was left, or when the player has logged in since. Once this has failed, it does not happen any more,
     * but may have: if it was a session, this server may do it again within {@link #TAKEN_MILLIS}, and gets it if the player has
     * not logged in since.
     */
    CompletionStage<Optional<HandedOver>> takeOver(String id, String node);

    /** What was taken over under this id is here, and not asked for again. */
    CompletionStage<Void> tookOver(String id);

    /** Takes back what was left; completes with false when it was taken already, or forgotten. */
    CompletionStage<Boolean> takeBack(String id);

    /** Random bytes that the realm's servers have in common. A secret; others when the realm has lost them. */
    byte[] tokenKey();

    /** From now on, reports logins on other servers, and messages to this one. Called once, before anybody logs in. */
    void listen(String node, PresenceListener listener);
}
