package tavern.server.ops;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.cluster.Canary;
import tavern.server.cluster.Directory;
import tavern.server.cluster.Node;
import tavern.server.room.Joining;
import tavern.server.room.Room;
import tavern.server.session.Moderation;

/**
 * Operators' commands on what is on this server: players, rooms, the server itself. Each command completes, in words,
 * once the owner (the room's thread, the session) has carried it out.
 */
final class OperatorCommands {
    private final OpsServices services;
    private final Moderation moderation;
    private final RealmNames names;

    OperatorCommands(OpsServices services) {
        this.services = services;
        this.moderation = services.sessions().moderation();
        this.names = new RealmNames(services);
    }

    CompletionStage<PreparedCommand> kick(ApiRequest call) {
        String player = somewhere(call);
        String message = call.text("message", "");
        String told = message.isEmpty() ? "sent away by an operator" : message;
        return prepared(
                message,
                () -> moderation.end(player, ErrorCode.KICKED, told).thenApply(here -> {
                    requireHere(here);
                    return "kicked" + (message.isEmpty() ? "" : ": " + message);
                }));
    }

    CompletionStage<PreparedCommand> whisper(ApiRequest call) {
        String player = somewhere(call);
        String text = call.text("text");
        return prepared(
                text,
                () -> moderation
                        .whisper(player, text, services.clocks().wall().millis())
                        .thenApply(here -> {
                            requireHere(here);
                            return "whispered: " + text;
                        }));
    }

    CompletionStage<PreparedCommand> announce(ApiRequest call) {
        String text = call.text("text");
        return prepared(text, () -> {
            int told = moderation.announce(text);
            return services.store()
                    .announcer()
                    .apply(text)
                    .handle((done, failure) -> "told " + told + " players here"
                            + (failure == null ? "" : " and no other server, because " + ErrorAnswers.text(failure))
                            + ": " + text);
        });
    }

    CompletionStage<PreparedCommand> announceInRoom(ApiRequest call) {
        Room room = AnswerTimeout.find(services.rooms(), call.room("room"));
        String text = call.text("text");
        return prepared(
                text, () -> moderation.announce(room, text).thenApply(told -> "told " + told + " players: " + text));
    }

    CompletionStage<PreparedCommand> move(ApiRequest call) {
        String player = player(call);
        RoomId to = call.room("to");
        return names.requireRoom(to, call.flag("create"))
                .thenApply(exists -> PreparedCommand.here("to " + to.name(), () -> move(player, to)));
    }

    private CompletionStage<String> move(String player, RoomId to) {
        CompletionStage<Joining> moving = moderation.move(player, to);
        if (moving == null) {
            throw notHere();
        }
        return moving.thenApply(joining -> {
            if (joining != Joining.SEATED) {
                throw RequestRefusedException.conflict("could not join the room: "
                        + joining.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            }
            return "moved to " + to.name();
        });
    }

    CompletionStage<PreparedCommand> closeRoom(ApiRequest call) {
        Room room = AnswerTimeout.find(services.rooms(), call.room("room"));
        return prepared("", () -> room.dissolve("closed by an operator").thenApply(closed -> "closed"));
    }

    CompletionStage<PreparedCommand> moveRoom(ApiRequest call) {
        Room room = AnswerTimeout.find(services.rooms(), call.room("room"));
        String id = call.text("node");
        Node to = services.sessions()
                .directory()
                .find(id)
                .orElseThrow(() -> RequestRefusedException.conflict(
                        id + " is no other server of the realm that takes rooms now; see the list of nodes"));
        return prepared(
                "to " + id,
                () -> services.host().moveRoom(room.id(), to).thenApply(moved -> {
                    if (!moved) {
                        throw RequestRefusedException.conflict(
                                "the room stays here; see the log of this server and of " + id);
                    }
                    return "moved to " + id;
                }));
    }

    CompletionStage<PreparedCommand> drain(ApiRequest call) {
        return prepared("", () -> {
            // Completes without waiting for the drain: the overview shows its progress.
            services.host().drain();
            return CompletableFuture.completedFuture("draining");
        });
    }

    CompletionStage<PreparedCommand> undoDrain(ApiRequest call) {
        return prepared("", () -> {
            if (!services.host().undoDrain()) {
                throw RequestRefusedException.conflict(
                        "nothing is draining, or it is too late: rooms are closing and sessions end");
            }
            return CompletableFuture.completedFuture("not draining");
        });
    }

    CompletionStage<PreparedCommand> canary(ApiRequest call) {
        String version = call.text("version");
        int percent = (int) call.number("percent", 0);
        Directory directory = shared();
        Canary order = new Canary(version, percent, services.clocks().wall().millis());
        return prepared(
                percent + " % to version " + version,
                () -> directory.order(order).thenApply(done -> {
                    long there = directory.nodes().stream()
                            .filter(node ->
                                    !node.gone() && node.report().version().equals(version))
                            .count();
                    return percent + " % of new rooms go to servers of version " + version + ", of which there "
                            + (there == 1 ? "is 1" : "are " + there) + " now";
                }));
    }

    CompletionStage<PreparedCommand> endCanary(ApiRequest call) {
        Directory directory = shared();
        return prepared("", () -> {
            // Also when this server knows of none: it may not have heard of it, or not understand it.
            boolean isKnown = directory.canary() != null;
            return directory
                    .order(null)
                    .thenApply(done -> "new rooms go to servers of all versions"
                            + (isKnown ? "" : "; this server knew of no other order"));
        });
    }

    private Directory shared() {
        Directory directory = services.sessions().directory();
        if (directory.isAlone()) {
            throw RequestRefusedException.conflict("this server has its realm for itself; see cluster.enabled");
        }
        return directory;
    }

    private static CompletionStage<PreparedCommand> prepared(String words, Supplier<CompletionStage<String>> carryOut) {
        return CompletableFuture.completedFuture(PreparedCommand.here(words, carryOut));
    }

    /** Returns the player's name; the player must be on this server. */
    private String player(ApiRequest call) {
        String player = call.text("player");
        requireHere(moderation.session(player) != null);
        return player;
    }

    /** Returns the player's name; the player may be on another server of the realm, if there are others. */
    private String somewhere(ApiRequest call) {
        return moderation.reachesOtherServers() ? call.text("player") : player(call);
    }

    private static void requireHere(boolean here) {
        if (!here) {
            throw notHere();
        }
    }

    private static RequestRefusedException notHere() {
        return RequestRefusedException.notFound("this player is not here now");
    }

    static RequestRefusedException unknown() {
        return RequestRefusedException.notFound("there never was a player of this name");
    }
}
