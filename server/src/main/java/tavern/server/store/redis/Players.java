package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.store.GoodsText;
import tavern.server.store.Grant;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/** Players, what they get out of the mint, and what they may not do. */
final class Players {
    private final Calls calls;
    private final Keys keys;
    private final String announcer;

    /** @param announcer who changes are announced by; empty for not at all */
    Players(Calls calls, Keys keys, String announcer) {
        this.calls = calls;
        this.keys = keys;
        this.announcer = announcer;
    }

    CompletionStage<PlayerRecord> open(String name, Goods kitStacks, List<String> kitItems, long nowMillis) {
        SortedMap<String, Long> stacks = new TreeMap<>(kitStacks.stacks());
        stacks.values().removeIf(count -> count == 0);
        Request request = Request.of(keys.names(), keys.meta(), keys.ledger(), keys.grants())
                .add(name)
                .add(keys.players())
                .add(nowMillis)
                .add(GoodsText.of(new Goods(stacks, new TreeSet<>())))
                .add(stacks.size());
        for (Map.Entry<String, Long> stack : stacks.entrySet()) {
            if (stack.getValue() < 0) {
                return CompletableFuture.failedFuture(new IllegalArgumentException("a kit cannot take: " + stack));
            }
            request.add(PlayerHash.STACK + stack.getKey()).add(stack.getValue());
        }
        kitItems.forEach(request::add);
        return calls.run(Script.OPEN_PLAYER, request, reply -> opened(new PlayerId(reply.number(0)), reply.list(1)));
    }

    /** Only now is the player's key known, which an operator must be told. */
    private PlayerRecord opened(PlayerId id, Reply hash) {
        try {
            return PlayerHash.parse(hash).record(id);
        } catch (ForeignValueException e) {
            throw new ForeignValueException(keys.player(id) + ": " + e.getMessage());
        }
    }

    CompletionStage<Optional<PlayerRecord>> find(String name) {
        return calls.send(
                        CommandType.HGET,
                        Request.of(keys.names()).add(name),
                        reply -> reply.isNull(0)
                                ? Optional.<PlayerId>empty()
                                : Optional.of(new PlayerId(reply.number(0))))
                .thenCompose(
                        id -> id.isPresent() ? find(id.get()) : CompletableFuture.completedFuture(Optional.empty()));
    }

    CompletionStage<Optional<PlayerRecord>> find(PlayerId id) {
        return calls.send(CommandType.HGETALL, Request.of(keys.player(id)), reply -> {
            return reply.size() == 0
                    ? Optional.empty()
                    : Optional.of(PlayerHash.parse(reply).record(id));
        });
    }

    CompletionStage<Inventory> grant(PlayerId player, Grant grant, String reference, long nowMillis) {
        SortedMap<String, Long> changes = new TreeMap<>(grant.stacks());
        changes.values().removeIf(delta -> delta == 0);
        StringBuilder taken = new StringBuilder();
        StringBuilder given = new StringBuilder();
        changes.forEach((kind, delta) -> {
            StringBuilder text = delta < 0 ? taken : given;
            text.append(text.isEmpty() ? "" : ",").append(kind).append('=').append(magnitude(delta));
        });
        Request request = Request.of(keys.player(player), keys.ledger(), keys.grants(), keys.meta(), keys.changes())
                .add(player.value())
                .add(reference)
                .add(nowMillis)
                .add(taken.toString())
                .add(given.toString())
                .add(announcer)
                .add(changes.size())
                .add(grant.newItems().size());
        changes.forEach((kind, delta) -> request.add(PlayerHash.STACK + kind)
                .add(delta < 0 ? magnitude(delta) : "0")
                .add(delta)
                .add(delta > 0 ? Long.MAX_VALUE - delta : Long.MAX_VALUE));
        grant.newItems().forEach(request::add);
        grant.removedItems().forEach(request::add);
        return calls.run(Script.GRANT, request, reply -> found(player, reply).inventory());
    }

    /** Also of -2^63, which has no positive counterpart. */
    private static String magnitude(long delta) {
        return delta < 0 ? Long.toUnsignedString(-delta) : Long.toString(delta);
    }

    CompletionStage<PlayerRecord> sanction(PlayerId player, Sanction sanction) {
        Request request = Request.of(keys.player(player), keys.changes())
                .add(player.value())
                .add(announcer);
        switch (sanction.kind()) {
            case BAN ->
                request.add("banned").add(sanction.untilMillis()).add("reason").add(sanction.reason());
            case MUTE -> request.add("muted").add(sanction.untilMillis());
        }
        return calls.run(Script.SANCTION, request, reply -> found(player, reply));
    }

    private static PlayerRecord found(PlayerId player, Reply reply) {
        return switch ((int) reply.number(0)) {
            case -2 -> throw new IllegalArgumentException("there is no player " + player);
            case -1 -> throw new IllegalArgumentException("cannot be done to player " + player + ": " + reply.text(1));
            default -> PlayerHash.parse(reply.list(1)).record(player);
        };
    }
}
