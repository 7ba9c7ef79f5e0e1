package tavern.server.session;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.store.Presence;
import tavern.server.store.PresenceStore;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * P-108: finds out whether a player whose seat has come here with a room can still come: whether a session, wherever it is, is to
 * follow that room. Says no only when that is certain, and fails when it is not. Safe on any thread.
 */
final class Followers {
    /** The first word of the question whether a session is to follow a room; player, room. */
    static final String QUESTION = "follows";

    /** Far less than the questions that may be under way at once, so that these never keep others from being asked. */
    static final int UNDER_WAY_MAX = 1_024;

    private static final int WITNESSES = 8;
    private static final long RETRY_MILLIS = 1_000;
    private static final CompletionStage<Boolean> YES = CompletableFuture.completedFuture(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedFuture(false);

    private final String node;
    private final RealmSessions realm;
    private final @Nullable PresenceStore store;
    private final Here here;
    private final AtomicInteger underWay = new AtomicInteger();

    /** What is known on this server. */
    interface Here {
        /** Answers {@link #QUESTION} when the sessions that are arriving are here, and where the player went from here. */
        CompletionStage<Boolean> asked(List<String> words);

        /** Some of the players who are here. */
        List<PlayerId> some(int max);

        /** The realm's other servers. */
        List<String> others();
    }

    /** @param store null without other servers */
    Followers(String node, RealmSessions realm, @Nullable PresenceStore store, Here here) {
        this.node = node;
        this.realm = realm;
        this.store = store;
        this.here = here;
    }

    /** Fails when a server that may have the session does not answer, and when too many are looked for at once. */
    CompletionStage<Boolean> isComing(Player player, RoomId room) {
        List<String> question = List.of(QUESTION, player.name(), room.name());
        PresenceStore shared = store;
        if (shared == null) {
            return here.asked(question);
        }
        if (underWay.incrementAndGet() > UNDER_WAY_MAX) {
            underWay.decrementAndGet();
            return CompletableFuture.failedFuture(new StoreUnavailableException(
                    "too many players whose rooms have moved are looked for at once", RETRY_MILLIS));
        }
        return Stages.begin(() -> shared.present(List.of(player.id()))
                        .thenCompose(found -> look(shared, found.get(player.id()), question)))
                .whenComplete((isComing, failure) -> underWay.decrementAndGet());
    }

    private CompletionStage<Boolean> look(PresenceStore shared, @Nullable Presence newest, List<String> question) {
        if (newest == null) {
            return here.asked(question).thenCompose(isComing -> isComing ? YES : search(shared, question));
        }
        String there = newest.node();
        if (there.equals(node)) {
            return here.asked(question); // the store says so as soon as the session is on its way here
        }
        return shared.isAlive(there)
                .thenCompose(alive -> alive || here.others().contains(there) ? realm.ask(there, question) : NO);
    }

    /** The store does not know the player: the session has ended, or the store has lost its data. The servers know. */
    private CompletionStage<Boolean> search(PresenceStore shared, List<String> question) {
        List<String> others = here.others();
        return others.isEmpty() ? noneUnlessLost(shared) : ask(others, 0, question);
    }

    private CompletionStage<Boolean> ask(List<String> others, int from, List<String> question) {
        if (from == others.size()) {
            return NO;
        }
        return realm.ask(others.get(from), question)
                .thenCompose(isComing -> isComing ? YES : ask(others, from + 1, question));
    }

    private CompletionStage<Boolean> noneUnlessLost(PresenceStore shared) {
        return shared.present(here.some(WITNESSES))
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.failedFuture(new StoreUnavailableException(
                                "the store knows of no player here, either: it may have lost its data", RETRY_MILLIS))
                        : NO);
    }
}
