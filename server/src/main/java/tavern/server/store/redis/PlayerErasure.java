package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.ForeignValueException;
import tavern.server.store.PlayerTraces;
import tavern.server.store.UnfinishedErasure;

/** What is kept of a player, found and erased room by room. */
final class PlayerErasure {
    /** Begins the field of a durable value; its key follows. */
    private static final String VALUE = "d:";

    private final RedisExecutor calls;
    private final Keys keys;
    private final RoomRecords rooms;
    private final RoomIndex index;
    private final String announcer;

    PlayerErasure(RedisExecutor calls, Keys keys, RoomRecords rooms, RoomIndex index, String announcer) {
        this.calls = calls;
        this.keys = keys;
        this.rooms = rooms;
        this.index = index;
        this.announcer = announcer;
    }

    CompletionStage<PlayerTraces> traces(Player player, String from) {
        AtomicReference<PlayerTraces> found = new AtomicReference<>(PlayerTraces.NONE);
        return index.some(
                        from,
                        room -> tracesIn(room, player)
                                .thenAccept(here -> found.accumulateAndGet(here, PlayerTraces::and)))
                .thenCombine(
                        from.isEmpty() ? values(player) : CompletableFuture.completedFuture(PlayerTraces.NONE),
                        (next, values) ->
                                Objects.requireNonNull(found.get()).and(values).continued(next));
    }

    private CompletionStage<PlayerTraces> values(Player player) {
        return calls.send(CommandType.HGETALL, ScriptArguments.of(keys.kept(player.id())), reply -> {
            List<PlayerTraces.Value> values = new ArrayList<>();
            for (int i = 0; i < reply.size(); i += 2) {
                if (reply.text(i).startsWith(VALUE)) {
                    values.add(new PlayerTraces.Value(reply.text(i).substring(VALUE.length()), reply.bytes(i + 1)));
                }
            }
            return new PlayerTraces(List.of(), List.of(), values, "");
        });
    }

    private CompletionStage<PlayerTraces> tracesIn(RoomId room, Player player) {
        return rooms.position(room, player.id())
                .thenCombine(
                        rooms.chat(room, Integer.MAX_VALUE),
                        (position, chat) -> new PlayerTraces(
                                position.stream()
                                        .map(at -> new PlayerTraces.Place(room.name(), at.x(), at.y()))
                                        .toList(),
                                chat.lines().stream()
                                        .filter(line -> line.player().equals(player.name()))
                                        .map(line -> new PlayerTraces.Line(room.name(), line.atMillis(), line.text()))
                                        .toList(),
                                List.of(),
                                ""));
    }

    CompletionStage<Boolean> eraseName(Erasure erasure, long nowMillis) {
        ScriptArguments request = ScriptArguments.of(
                        keys.names(),
                        keys.player(erasure.player()),
                        keys.changes(),
                        keys.kept(erasure.player()),
                        keys.erasures(),
                        keys.boards())
                .add(erasure.player().value())
                .add(erasure.name())
                .add(erasure.replacement())
                .add(announcer)
                .add(nowMillis)
                .add(keys.board())
                .add(BoardRecords.member(erasure.player()));
        return calls.run(Script.ERASE_NAME, request, reply -> reply.number(0) == 1);
    }

    CompletionStage<Void> finish(Erasure erasure) {
        ScriptArguments request = ScriptArguments.of(keys.erasures())
                .add(erasure.player().value())
                .add(erasure.name());
        return calls.run(Script.FINISH_ERASURE, request, reply -> RedisExecutor.DONE);
    }

    CompletionStage<List<UnfinishedErasure>> unfinished() {
        return calls.send(CommandType.HGETALL, ScriptArguments.of(keys.erasures()), reply -> {
            List<UnfinishedErasure> found = new ArrayList<>();
            for (int i = 0; i < reply.size(); i += 2) {
                String[] begun = reply.text(i + 1).split(" ", -1);
                if (begun.length != 2) {
                    throw new ForeignValueException("not an erasure: " + reply.text(i + 1));
                }
                Erasure erasure = Erasure.of(new PlayerId(Decimal.whole(begun[0])), reply.text(i));
                found.add(new UnfinishedErasure(erasure, Decimal.parse(begun[1])));
            }
            return found;
        });
    }

    CompletionStage<Integer> eraseChat(Erasure erasure) {
        AtomicInteger changed = new AtomicInteger();
        return index.forEach(room -> eraseChat(room, erasure).thenAccept(changed::addAndGet))
                .thenApply(done -> changed.get());
    }

    private CompletionStage<Integer> eraseChat(RoomId room, Erasure erasure) {
        ScriptArguments lines = ScriptArguments.of(keys.chat(room)).add(0).add(-1);
        return calls.send(CommandType.LRANGE, lines, reply -> replacements(reply, erasure))
                .thenCompose(replacements -> {
                    ScriptArguments request = ScriptArguments.of(keys.chat(room));
                    replacements.forEach(request::add);
                    return calls.run(Script.ERASE_CHAT, request, reply -> (int) reply.number(0));
                });
    }

    private static List<String> replacements(ScriptReply reply, Erasure erasure) {
        List<String> pairs = new ArrayList<>();
        for (String text : reply.texts()) {
            String[] words = RoomRecords.words(text);
            ChatLine line = new ChatLine(words[2], words[3], Decimal.parse(words[1]));
            ChatLine clean = erasure.clean(line);
            if (clean != line) {
                pairs.add(text);
                pairs.add(words[0] + " " + clean.atMillis() + " " + clean.player() + " " + clean.text());
            }
        }
        return pairs;
    }
}
