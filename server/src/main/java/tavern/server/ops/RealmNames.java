package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;
import tavern.server.session.Freeze;

/** Checks that a name given by an operator exists: a misspelt name must neither create a room nor stop nobody. */
final class RealmNames {
    private final OpsServices services;

    RealmNames(OpsServices services) {
        this.services = services;
    }

    /**
     * Fails with {@link RequestRefusedException} when no room of this name was ever open in the realm.
     *
     * @param create whether it may be new
     */
    CompletionStage<Void> requireRoom(RoomId room, boolean create) {
        if (create || services.rooms().find(room) != null) {
            return CompletableFuture.completedFuture(null);
        }
        return services.store()
                .rooms()
                .knowsRoom(room)
                .thenAccept(known -> require(known, "there never was a room of this name"));
    }

    /**
     * Fails likewise when the target of a freeze never existed.
     *
     * @param create whether it may be new
     */
    CompletionStage<Void> require(Freeze freeze, boolean create) {
        if (freeze.scope() == Freeze.Scope.ROOM) {
            return requireRoom(new RoomId(freeze.target()), create);
        }
        if (create || freeze.scope() == Freeze.Scope.EVERYWHERE) {
            return CompletableFuture.completedFuture(null);
        }
        return services.store()
                .accounts()
                .findPlayer(freeze.target())
                .thenAccept(found -> require(found.isPresent(), "there never was a player of this name"));
    }

    private static void require(boolean known, String otherwise) {
        if (!known) {
            throw RequestRefusedException.notFound(otherwise + "; to use it nevertheless, set create = true");
        }
    }
}
