package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.PlayerId;
import tavern.server.store.ForeignValueException;
import tavern.server.store.GrantTransactions;
import tavern.server.store.KeptValue;
import tavern.server.store.OutboxBound;
import tavern.server.store.OutboxEvent;
import tavern.server.store.PlayerRecord;
import tavern.server.store.ReservedNameException;
import tavern.server.store.Sanction;
import tavern.server.store.TransactionPlan;

/** Players and named accounts, sanctions, and players' durable values. */
final class PlayerCommands {
    /** Stands for the player, whose number only the script knows. */
    private static final NamedAccount SELF = new NamedAccount("self");

    /** The first character of the names of named accounts in the index of names, and of no player's name. */
    private static final String NAMED_ACCOUNT = "@";

    private static final int OUTBOX_FULL = -1;

    private final RedisExecutor calls;
    private final Keys keys;
    private final String announcer;
    private final OutboxBound outbox;
    private final ReadsInTurn reads = new ReadsInTurn(System::nanoTime);

    /** @param announcer this server's name in messages about changes; empty to publish none */
    PlayerCommands(RedisExecutor calls, Keys keys, String announcer, OutboxBound outbox) {
        this.calls = calls;
        this.keys = keys;
        this.announcer = announcer;
        this.outbox = outbox;
    }

    /** @param rows receives the number of rows in the outbox, if the event was to be appended */
    CompletionStage<PlayerRecord> open(
            String name,
            Goods kitStacks,
            List<String> kitItems,
            @Nullable OutboxEvent event,
            long nowMillis,
            LongConsumer rows) {
        if (name.startsWith(NAMED_ACCOUNT)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("not the name of a player, but of a named account: " + name));
        }
        TransactionPlan kit;
        try {
            kit = TransactionPlan.of(GrantTransactions.starter(SELF, kitStacks, kitItems, event, nowMillis));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        List<TransactionPlan.Flow> stacks =
                kit.accounts().isEmpty() ? List.of() : kit.accounts().get(0).flows();
        String legs = TransactionScript.legs(kit.transaction().legs());
        ScriptArguments request = ScriptArguments.of(
                        keys.names(), keys.meta(), keys.ledger(), keys.outbox(), keys.erasures())
                .add(name)
                .add(keys.players())
                .add(nowMillis)
                .add(legs)
                .add(event == null ? "" : event.routingKey())
                .add(event == null ? new byte[0] : event.body())
                .add(outbox.rowsMax())
                .add(stacks.size());
        stacks.forEach(stack -> request.add(PlayerHash.STACK + stack.kind()).add(stack.received()));
        kitItems.forEach(request::add);
        return reads.read(() -> calls.run(Script.OPEN_PLAYER, request, this::answer))
                .thenCompose(answer -> {
                    if (answer.rows() >= 0) {
                        rows.accept(answer.rows());
                    }
                    PlayerRecord player = answer.player();
                    if (player == null) {
                        return CompletableFuture.failedFuture(
                                answer.number() == OUTBOX_FULL
                                        ? outbox.full(answer.rows())
                                        : new ReservedNameException(name));
                    }
                    if (event != null && answer.rows() >= 0) {
                        outbox.appending(name, event, legs.length());
                    }
                    return calls.replicated(player, answer.written());
                });
    }

    /**
     * What Redis answered.
     *
     * @param number of the player, or why there is none
     * @param rows of the outbox, if the event was to be appended; else -1
     * @param written what replicas are to have before the player is told; null for nothing
     */
    private record OpenAnswer(
            long number, long rows, @Nullable PlayerRecord player, ReplicaAcks.@Nullable Written written) {}

    private OpenAnswer answer(ScriptReply reply) {
        long number = reply.number(0);
        if (number < 0) {
            // Of a name that is reserved there is nothing else to say.
            return new OpenAnswer(number, number == OUTBOX_FULL ? reply.number(1) : -1, null, null);
        }
        PlayerId id = new PlayerId(number);
        // A fail-over that lost a new player would give the number, and all that is traded under it, to somebody
        // else. The player's own hash stays, whatever becomes of the name.
        ReplicaAcks.Written written = PlayerHash.isNew(reply.list(1))
                ? new ReplicaAcks.Written(keys.player(id), ReplicaAcks.Kind.HASH, "name")
                : null;
        return new OpenAnswer(number, reply.size() == 3 ? reply.number(2) : -1, opened(id, reply.list(1)), written);
    }

    /** Adds the player's key, which is not known before, to the message for operators. */
    private PlayerRecord opened(PlayerId id, ScriptReply hash) {
        try {
            return PlayerHash.parse(hash).record(id);
        } catch (ForeignValueException e) {
            throw new ForeignValueException(keys.player(id) + ": " + e.getMessage());
        }
    }

    CompletionStage<Optional<PlayerRecord>> find(String name) {
        return calls.send(
                        CommandType.HGET,
                        ScriptArguments.of(keys.names()).add(name),
                        reply -> reply.isNull(0)
                                ? Optional.<PlayerId>empty()
                                : Optional.of(new PlayerId(reply.number(0))))
                .thenCompose(
                        id -> id.isPresent() ? find(id.get()) : CompletableFuture.completedFuture(Optional.empty()));
    }

    CompletionStage<Optional<PlayerRecord>> find(PlayerId id) {
        ScriptArguments request = ScriptArguments.of(keys.player(id));
        return reads.read(() -> calls.send(
                CommandType.HGETALL,
                request,
                reply -> reply.size() == 0
                        ? Optional.empty()
                        : Optional.of(PlayerHash.parse(reply).record(id))));
    }

    CompletionStage<Optional<PlayerRecord>> find(NamedAccount account) {
        return find(account.toString());
    }

    CompletionStage<Optional<KeptValue>> kept(PlayerId player, String key) {
        ScriptArguments request =
                ScriptArguments.of(keys.kept(player)).add("v:" + key).add("d:" + key);
        return calls.send(
                CommandType.HMGET,
                request,
                reply -> reply.isNull(0) || reply.isNull(1)
                        ? Optional.empty()
                        : Optional.of(new KeptValue(reply.bytes(1), reply.number(0))));
    }

    /** Returns empty, with nothing done, when the stored sanction is not the one that was seen. */
    CompletionStage<Optional<PlayerRecord>> sanction(PlayerId player, Sanction sanction, Sanction seen) {
        ScriptArguments request = ScriptArguments.of(keys.player(player), keys.changes())
                .add(player.value())
                .add(announcer);
        switch (sanction.kind()) {
            case BAN ->
                request.add("banned")
                        .add(seen.untilMillis())
                        .add(sanction.untilMillis())
                        .add("message")
                        .add(seen.message())
                        .add(sanction.message());
            case MUTE -> request.add("muted").add(seen.untilMillis()).add(sanction.untilMillis());
        }
        return calls.run(Script.SANCTION, request, reply -> switch ((int) reply.number(0)) {
            case -2 -> throw new IllegalArgumentException("there is no player " + player);
            case 0 -> Optional.empty();
            default -> Optional.of(PlayerHash.parse(reply.list(1)).record(player));
        });
    }
}
