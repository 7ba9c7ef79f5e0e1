package tavern.server.ops;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.protocol.v1.ErrorCode;
import tavern.server.session.Moderation;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/**
 * Bans and mutes. They are stored first and then applied to the player's session, so that no later login misses them.
 */
final class SanctionCommands {
    private final OpsServices services;
    private final Moderation moderation;

    SanctionCommands(OpsServices services) {
        this.services = services;
        this.moderation = services.sessions().moderation();
    }

    /** The version of the current sanction, for {@link Precondition}; empty if there is none. */
    static String version(Sanction sanction, long nowMillis) {
        if (!sanction.isInForce(nowMillis)) {
            return "";
        }
        String until = Long.toString(sanction.untilMillis(), Character.MAX_RADIX);
        return sanction.message().isEmpty()
                ? until
                : until + "-" + Integer.toHexString(sanction.message().hashCode());
    }

    CompletionStage<PreparedCommand> mute(ApiRequest call) {
        return impose(call, Sanction.Kind.MUTE);
    }

    CompletionStage<PreparedCommand> ban(ApiRequest call) {
        return impose(call, Sanction.Kind.BAN);
    }

    CompletionStage<PreparedCommand> unmute(ApiRequest call) {
        return prepare(call, Sanction.none(Sanction.Kind.MUTE), false);
    }

    CompletionStage<PreparedCommand> unban(ApiRequest call) {
        return prepare(call, Sanction.none(Sanction.Kind.BAN), false);
    }

    private CompletionStage<PreparedCommand> impose(ApiRequest call, Sanction.Kind kind) {
        long seconds = call.number("seconds", 0);
        if (call.flag("forever") == (seconds > 0)) {
            throw RequestRefusedException.badRequest("say how long: either seconds, or forever = true");
        }
        long until = seconds == 0 ? Sanction.FOR_EVER_MILLIS : now() + seconds * 1_000;
        return prepare(call, new Sanction(kind, until, call.text("message", "")), true);
    }

    private CompletionStage<PreparedCommand> prepare(ApiRequest call, Sanction next, boolean replaces) {
        return services.store().accounts().findPlayer(call.text("player")).thenApply(found -> {
            PlayerRecord player = found.orElseThrow(OperatorCommands::unknown);
            Sanction seen = player.sanction(next.kind());
            Precondition.check(call.ifMatch(), version(seen, now()), seen.words(), replaces);
            return PreparedCommand.inStore(
                    words(next), () -> change(player, next, seen), () -> settle(player, next, seen));
        });
    }

    private CompletionStage<String> change(PlayerRecord player, Sanction next, Sanction seen) {
        return services.store()
                .accounts()
                .sanction(player.player().id(), next, seen)
                .thenCompose(changed -> changed.isPresent()
                        ? follow(changed.get(), next)
                        : services.store()
                                .accounts()
                                .findPlayer(player.player().id())
                                .thenApply(found -> refused(found, next)));
    }

    /** Another operator has changed it just before. */
    private String refused(Optional<PlayerRecord> found, Sanction next) {
        Sanction stands = found.orElseThrow(OperatorCommands::unknown).sanction(next.kind());
        Precondition.check("", version(stands, now()), stands.words(), true);
        return "";
    }

    private CompletionStage<String> follow(PlayerRecord changed, Sanction next) {
        services.players().sanctioned(changed);
        String player = changed.player().name();
        if (next.kind() == Sanction.Kind.MUTE) {
            return moderation.mute(player, next.untilMillis()).thenApply(here -> {
                if (!next.message().isEmpty()) {
                    moderation.whisper(player, next.message(), now());
                }
                return words(next);
            });
        }
        return next.untilMillis() == 0
                ? CompletableFuture.completedFuture(words(next))
                : moderation
                        .end(player, ErrorCode.BANNED, next.words())
                        // The ban holds, also where nobody answers: each server hears of it from the store.
                        .handle((here, failure) -> words(next) + (failure == null && here ? "; sent away" : ""));
    }

    private CompletionStage<String> settle(PlayerRecord player, Sanction next, Sanction seen) {
        return services.store().accounts().findPlayer(player.player().id()).thenCompose(found -> {
            PlayerRecord now = found.orElseThrow(OperatorCommands::unknown);
            Sanction stands = now.sanction(next.kind());
            if (stands.equals(next.asKept())) {
                return follow(now, next);
            }
            return CompletableFuture.completedFuture(
                    stands.equals(seen) ? "it was not done" : "if it was done, a later command has replaced it");
        });
    }

    private static String words(Sanction sanction) {
        if (sanction.untilMillis() > 0) {
            return sanction.words();
        }
        return sanction.kind() == Sanction.Kind.BAN ? "no longer banned" : "no longer muted";
    }

    private long now() {
        return services.clocks().wall().millis();
    }
}
