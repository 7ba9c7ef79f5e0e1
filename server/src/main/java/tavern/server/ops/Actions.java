package tavern.server.ops;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Names;
import tavern.server.room.Joining;
import tavern.server.room.Room;
import tavern.server.session.Freeze;
import tavern.server.session.Moderation;
import tavern.server.store.Grant;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/**
 * What operators can do. Each order completes, in words, once its owner (the room's thread, the session, the store) has
 * carried it out.
 */
final class Actions {
    /** The year 9999: for ever, as far as a game goes. */
    static final long FOR_EVER_MILLIS = 253_402_300_799_000L;

    private final OpsServices services;
    private final Moderation moderation;

    Actions(OpsServices services) {
        this.services = services;
        this.moderation = services.sessions().moderation();
    }

    CompletionStage<String> kick(Call call) {
        String player = call.text("player");
        return moderation
                .end(player, ErrorCode.KICKED, "sent away by an operator")
                .thenApply(here -> {
                    requireHere(here);
                    return "kicked";
                });
    }

    CompletionStage<String> mute(Call call) {
        long until = until(call);
        return sanction(call, new Sanction(Sanction.Kind.MUTE, until, call.text("reason")))
                .thenCompose(player -> moderation.mute(player.player().name(), until))
                .thenApply(here -> "muted until " + until(until));
    }

    CompletionStage<String> unmute(Call call) {
        return sanction(call, new Sanction(Sanction.Kind.MUTE, 0, call.text("reason")))
                .thenCompose(player -> moderation.mute(player.player().name(), 0))
                .thenApply(here -> "no longer muted");
    }

    CompletionStage<String> ban(Call call) {
        long until = until(call);
        return sanction(call, new Sanction(Sanction.Kind.BAN, until, call.text("reason")))
                .thenCompose(player ->
                        moderation.end(player.player().name(), ErrorCode.BANNED, "banned until " + until(until)))
                .thenApply(here -> "banned until " + until(until) + (here ? ", and sent away" : ""));
    }

    CompletionStage<String> unban(Call call) {
        return sanction(call, new Sanction(Sanction.Kind.BAN, 0, "")).thenApply(player -> "no longer banned");
    }

    /** In the store first, then in the cache, so that no later login knows less. */
    private CompletionStage<PlayerRecord> sanction(Call call, Sanction sanction) {
        return player(call)
                .thenCompose(player -> services.store().sanction(player.player().id(), sanction, now()))
                .thenApply(player -> {
                    services.players().sanctioned(player);
                    return player;
                });
    }

    private CompletionStage<PlayerRecord> player(Call call) {
        return services.players().find(call.text("player")).thenApply(found -> found.orElseThrow(Actions::unknown));
    }

    CompletionStage<String> whisper(Call call) {
        requireHere(moderation.whisper(call.text("player"), call.text("text"), now()));
        return CompletableFuture.completedFuture("whispered: " + call.text("text"));
    }

    CompletionStage<String> announce(Call call) {
        String text = call.text("text");
        int told = moderation.announce(text);
        return services.store()
                .announce(text)
                .handle((done, failure) -> "told " + told + " players here"
                        + (failure == null ? "" : " and no other server, because " + Failures.text(failure)) + ": "
                        + text);
    }

    CompletionStage<String> announceInRoom(Call call) {
        Room room = Asked.find(services.rooms(), call.room("room"));
        return moderation
                .announce(room, call.text("text"))
                .thenApply(told -> "told " + told + " players: " + call.text("text"));
    }

    CompletionStage<String> grant(Call call) {
        return change(call, new Grant(call.stacks("stacks"), call.kinds("items"), new TreeSet<>()));
    }

    CompletionStage<String> revoke(Call call) {
        SortedMap<String, Long> taken = new TreeMap<>(call.stacks("stacks"));
        taken.replaceAll((kind, count) -> -count);
        return change(call, new Grant(taken, List.of(), new TreeSet<>(call.items("items"))));
    }

    private CompletionStage<String> change(Call call, Grant grant) {
        if (grant.stacks().isEmpty()
                && grant.newItems().isEmpty()
                && grant.removedItems().isEmpty()) {
            throw RefusedException.badRequest("name goods in stacks or items");
        }
        // The operators' keys are apart from the references of the server's own grants.
        String reference = "ops:" + call.text("key");
        return player(call)
                .thenCompose(player -> services.store().grant(player.player().id(), grant, reference, now()))
                .thenCompose(inventory -> {
                    services.players().update(call.text("player"), inventory);
                    return moderation.changeGoods(call.text("player"), inventory, "operator");
                })
                .thenApply(here -> words(grant) + ", once for the key " + call.text("key"));
    }

    private static String words(Grant grant) {
        return "stacks " + grant.stacks() + ", new items " + grant.newItems() + ", items taken " + grant.removedItems();
    }

    CompletionStage<String> move(Call call) {
        CompletionStage<Joining> moving = moderation.move(call.text("player"), call.room("to"));
        if (moving == null) {
            throw notHere();
        }
        return moving.thenApply(joining -> {
            if (joining != Joining.SEATED) {
                throw RefusedException.conflict("left the room, but could not join the other: "
                        + joining.name().toLowerCase(Locale.ROOT));
            }
            return "moved to " + call.room("to");
        });
    }

    CompletionStage<String> closeRoom(Call call) {
        Room room = Asked.find(services.rooms(), call.room("room"));
        return room.dissolve("closed by an operator").thenApply(closed -> "closed");
    }

    CompletionStage<String> drain(Call call) {
        // Not waited for: the overview shows how far it is.
        services.host().drain();
        return CompletableFuture.completedFuture("draining");
    }

    CompletionStage<String> freeze(Call call) {
        Freeze freeze = freezeOf(call);
        return services.sessions()
                .freezes()
                .add(freeze)
                .thenCompose(added -> {
                    if (!added) {
                        throw RefusedException.conflict(
                                "too many freezes are in force; lift some, or freeze everywhere");
                    }
                    return behindWhatRooms(freeze);
                })
                .thenApply(heard -> "frozen: " + words(freeze));
    }

    CompletionStage<String> unfreeze(Call call) {
        Freeze freeze = freezeOf(call);
        return services.sessions().freezes().lift(freeze).thenApply(lifted -> {
            if (!lifted) {
                throw RefusedException.notFound("there is no such freeze");
            }
            return "lifted: " + words(freeze);
        });
    }

    /** Completes when rooms have worked off what was asked of them before, and it is true that nothing goes on. */
    private CompletionStage<Void> behindWhatRooms(Freeze freeze) {
        return CompletableFuture.allOf(services.rooms().all().stream()
                .filter(room ->
                        freeze.scope() != Freeze.Scope.ROOM || room.id().name().equals(freeze.target()))
                .map(room -> room.ask(Room::id).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    private Freeze freezeOf(Call call) {
        Freeze.Scope scope = call.choice("scope", Freeze.Scope.class);
        String target = call.text("target", "");
        boolean fits = switch (scope) {
            case EVERYWHERE -> target.isEmpty();
            case ROOM -> Names.isRoomName(target);
            case PLAYER -> Names.isPlayerName(target);
        };
        if (!fits) {
            throw RefusedException.badRequest(
                    "target must name the room or the player of the scope, and be left out for everywhere");
        }
        return new Freeze(call.choice("what", Freeze.What.class), scope, target, call.text("reason"), now());
    }

    private static String words(Freeze freeze) {
        return (freeze.what() + " " + freeze.scope() + " ").toLowerCase(Locale.ROOT) + freeze.target();
    }

    private long until(Call call) {
        long seconds = call.number("seconds", 0);
        return seconds == 0 ? FOR_EVER_MILLIS : now() + seconds * 1_000;
    }

    private static String until(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private long now() {
        return services.clock().millis();
    }

    private static void requireHere(boolean here) {
        if (!here) {
            throw notHere();
        }
    }

    private static RefusedException notHere() {
        return RefusedException.notFound("this player is not on this server now");
    }

    private static RefusedException unknown() {
        return RefusedException.notFound("there never was a player of this name");
    }
}
