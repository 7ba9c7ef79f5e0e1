package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.PlayerId;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Presence;
import tavern.server.store.PresenceListener;
import tavern.server.store.PresenceStore;

/** Who is where, as a hash: a player's number → {@code <login> <server>}; messages between servers, over channels. */
final class PresenceHash implements PresenceStore {
    private static final int SCANNED_AT_ONCE = 1_000;

    private final RedisExecutor calls;
    private final Keys keys;
    private final Changes changes;

    PresenceHash(RedisExecutor calls, Keys keys, Changes changes) {
        this.calls = calls;
        this.keys = keys;
        this.changes = changes;
    }

    @Override
    public CompletionStage<Presence> arrive(PlayerId player, String node) {
        return arrive(player, node, "");
    }

    @Override
    public CompletionStage<Presence> arriveAgain(PlayerId player, Presence login) {
        return arrive(player, login.node(), Long.toString(login.login()));
    }

    private CompletionStage<Presence> arrive(PlayerId player, String node, String login) {
        ScriptArguments request = ScriptArguments.of(keys.presence())
                .add(player.value())
                .add(EncodedWord.of(node))
                .add(login)
                .add(keys.changes())
                .add(changes.self());
        return calls.run(
                Script.ARRIVE, request, reply -> new Presence(reply.number(0), EncodedWord.decode(reply.text(1))));
    }

    @Override
    public CompletionStage<Void> depart(Map<PlayerId, Long> logins) {
        if (logins.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        ScriptArguments request = ScriptArguments.of(keys.presence());
        logins.forEach((player, login) -> request.add(player.value()).add(login));
        return calls.run(Script.DEPART, request, reply -> RedisExecutor.DONE);
    }

    @Override
    public CompletionStage<Map<PlayerId, Presence>> present(Collection<PlayerId> players) {
        if (players.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        List<PlayerId> asked = List.copyOf(players);
        ScriptArguments request = ScriptArguments.of(keys.presence());
        asked.forEach(player -> request.add(player.value()));
        return calls.send(CommandType.HMGET, request, reply -> {
            Map<PlayerId, Presence> found = new HashMap<>();
            for (int i = 0; i < reply.size(); i++) {
                if (!reply.isNull(i)) {
                    found.put(asked.get(i), presence(reply.text(i)));
                }
            }
            return found;
        });
    }

    private static Presence presence(String text) {
        String[] words = text.split(" ", -1);
        if (words.length != 2) {
            throw new ForeignValueException("not a login of ours: " + text);
        }
        return new Presence(Decimal.parse(words[0]), EncodedWord.decode(words[1]));
    }

    @Override
    public CompletionStage<Void> forgetDeadNodes() {
        return forgetDeadNodes("0", new HashMap<>());
    }

    private CompletionStage<Void> forgetDeadNodes(String cursor, Map<String, Boolean> isAlive) {
        ScriptArguments scan =
                ScriptArguments.of(keys.presence()).add(cursor).add("COUNT").add(SCANNED_AT_ONCE);
        return calls.send(CommandType.HSCAN, scan, PresenceHash::page)
                .thenCompose(page -> lookAt(page.logins().values(), isAlive)
                        .thenCompose(looked -> depart(onDeadNodes(page.logins(), isAlive)))
                        .thenCompose(done -> page.next().equals("0")
                                ? CompletableFuture.completedFuture(null)
                                : forgetDeadNodes(page.next(), isAlive)));
    }

    private record Page(String next, Map<PlayerId, Presence> logins) {}

    private static Page page(ScriptReply reply) {
        Map<PlayerId, Presence> logins = new HashMap<>();
        ScriptReply fields = reply.list(1);
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            logins.put(new PlayerId(Decimal.parse(fields.text(i))), presence(fields.text(i + 1)));
        }
        return new Page(reply.text(0), logins);
    }

    private CompletionStage<Void> lookAt(Collection<Presence> logins, Map<String, Boolean> isAlive) {
        Set<String> unknown = new HashSet<>();
        logins.forEach(login -> unknown.add(login.node()));
        unknown.removeAll(isAlive.keySet());
        List<CompletableFuture<?>> looks = new ArrayList<>();
        for (String node : unknown) {
            looks.add(calls.send(CommandType.EXISTS, ScriptArguments.of(keys.node(node)), reply -> reply.number(0) == 1)
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new)).thenAccept(all -> {
            int i = 0;
            for (String node : unknown) {
                isAlive.put(node, (Boolean) looks.get(i++).join());
            }
        });
    }

    private static Map<PlayerId, Long> onDeadNodes(Map<PlayerId, Presence> logins, Map<String, Boolean> isAlive) {
        Map<PlayerId, Long> dead = new HashMap<>();
        logins.forEach((player, login) -> {
            if (!isAlive.getOrDefault(login.node(), true)) {
                dead.put(player, login.login());
            }
        });
        return dead;
    }

    @Override
    public CompletionStage<Void> send(String node, List<String> words) {
        return calls.send(
                CommandType.PUBLISH,
                ScriptArguments.of(keys.messages(node)).add(Changes.message(words)),
                reply -> RedisExecutor.DONE);
    }

    @Override
    public void listen(String node, PresenceListener listener) {
        changes.tell(keys.messages(node), listener);
    }
}
