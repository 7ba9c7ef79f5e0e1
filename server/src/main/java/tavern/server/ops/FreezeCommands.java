package tavern.server.ops;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.Names;
import tavern.server.room.Room;
import tavern.server.session.Freeze;
import tavern.server.session.Freezes;

/** Kill switches: they stop activities for everybody, in a room or for a player. */
final class FreezeCommands {
    private final OpsServices services;
    private final Freezes freezes;
    private final RealmNames names;

    FreezeCommands(OpsServices services) {
        this.services = services;
        this.freezes = services.sessions().freezes();
        this.names = new RealmNames(services);
    }

    CompletionStage<PreparedCommand> freeze(ApiRequest call) {
        Freeze freeze = freezeOf(call);
        return names.require(freeze, call.flag("create"))
                .thenCompose(exists -> freezes.standing(freeze))
                .thenApply(standing -> {
                    check(call, standing, true);
                    long seen = sinceMillis(standing);
                    return PreparedCommand.inStore(
                            words(freeze), () -> add(freeze, seen), () -> settleAdded(freeze, seen));
                });
    }

    CompletionStage<PreparedCommand> unfreeze(ApiRequest call) {
        Freeze freeze = freezeOf(call);
        return freezes.standing(freeze).thenApply(standing -> {
            if (standing.isEmpty()) {
                throw RequestRefusedException.notFound("there is no such freeze");
            }
            check(call, standing, false);
            long seen = sinceMillis(standing);
            return PreparedCommand.inStore(words(freeze), () -> lift(freeze, seen), () -> settleLifted(freeze, seen));
        });
    }

    private static long sinceMillis(Optional<Freeze> standing) {
        return standing.map(Freeze::sinceMillis).orElse(0L);
    }

    /** A freeze's version is the moment since when it has been in force. */
    private static void check(ApiRequest call, Optional<Freeze> standing, boolean required) {
        String version =
                standing.map(freeze -> Long.toString(freeze.sinceMillis())).orElse("");
        String stands = standing.map(freeze -> words(freeze) + " is stopped, because: " + freeze.reason())
                .orElse("");
        Precondition.check(call.ifMatch(), version, stands, required);
    }

    private CompletionStage<String> add(Freeze freeze, long seen) {
        return freezes.add(freeze, seen).thenCompose(answer -> switch (answer) {
            case DONE -> behindWhatRooms(freeze).thenApply(heard -> "frozen: " + words(freeze));
            case TOO_MANY ->
                throw RequestRefusedException.conflict(
                        "too many freezes are in force; lift some, or freeze everywhere");
            case CHANGED -> changed(freeze);
        });
    }

    private CompletionStage<String> lift(Freeze freeze, long seen) {
        return freezes.lift(freeze, seen)
                .thenCompose(lifted ->
                        lifted ? CompletableFuture.completedFuture("lifted: " + words(freeze)) : changed(freeze));
    }

    /** Another operator has changed it just before. */
    private CompletionStage<String> changed(Freeze freeze) {
        return freezes.standing(freeze).thenApply(standing -> {
            String version =
                    standing.map(stands -> Long.toString(stands.sinceMillis())).orElse("");
            Precondition.check("", version, words(freeze) + " is stopped", true);
            return "";
        });
    }

    private CompletionStage<String> settleAdded(Freeze freeze, long seen) {
        return freezes.standing(freeze).thenCompose(standing -> {
            if (sinceMillis(standing) == freeze.sinceMillis()) {
                return behindWhatRooms(freeze).thenApply(heard -> "frozen: " + words(freeze));
            }
            return CompletableFuture.completedFuture(
                    sinceMillis(standing) == seen
                            ? "it was not done"
                            : "if it was done, a later command has replaced it");
        });
    }

    private CompletionStage<String> settleLifted(Freeze freeze, long seen) {
        return freezes.standing(freeze)
                .thenApply(standing -> sinceMillis(standing) == seen ? "it was not done" : "lifted: " + words(freeze));
    }

    /** Completes once rooms have processed everything they received before, so that the activity has really stopped. */
    private CompletionStage<Void> behindWhatRooms(Freeze freeze) {
        return CompletableFuture.allOf(services.rooms().all().stream()
                .filter(room ->
                        freeze.scope() != Freeze.Scope.ROOM || room.id().name().equals(freeze.target()))
                .map(room -> room.ask(Room::id).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    private Freeze freezeOf(ApiRequest call) {
        Freeze.Scope scope = call.choice("scope", Freeze.Scope.class);
        String target = call.text("target", "");
        boolean fits = switch (scope) {
            case EVERYWHERE -> target.isEmpty();
            case ROOM -> Names.isRoomName(target);
            case PLAYER -> Names.isPlayerName(target);
        };
        if (!fits) {
            throw RequestRefusedException.badRequest(
                    "target must name the room or the player of the scope, and be left out for everywhere");
        }
        return new Freeze(
                call.choice("what", Freeze.What.class),
                scope,
                target,
                call.text("reason"),
                services.clocks().wall().millis());
    }

    private static String words(Freeze freeze) {
        return ((freeze.what() + " " + freeze.scope() + " ").toLowerCase(Locale.ROOT) + freeze.target()).strip();
    }
}
