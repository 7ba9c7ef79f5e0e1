package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.protocol.CommandType;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.server.store.Causes;
import tavern.server.store.ForeignValueException;
import tavern.server.store.HandedOver;
import tavern.server.store.Presence;
import tavern.server.store.PresenceListener;
import tavern.server.store.PresenceStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.MonotonicClock;

/** Who is where, as a hash: a player's number → {@code <login> <server>}; messages between servers, over channels. */
final class PresenceHash implements PresenceStore {
    private static final int SCANNED_AT_ONCE = 1_000;
    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final RedisExecutor calls;
    private final Keys keys;
    private final Changes changes;
    private final RealmSchema schema;
    private final long timeoutMillis;
    private final MonotonicClock clock = MonotonicClock.system();

    /** @param timeoutMillis after which a call fails that was not answered */
    PresenceHash(RedisExecutor calls, Keys keys, Changes changes, RealmSchema schema, long timeoutMillis) {
        this.calls = calls;
        this.keys = keys;
        this.changes = changes;
        this.schema = schema;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public CompletionStage<Presence> arrive(PlayerId player, String node) {
        return inTime(deadline -> arrive(player, node, "", Long.toString(deadline)));
    }

    @Override
    public CompletionStage<Presence> arriveAgain(PlayerId player, Presence login) {
        return arrive(player, login.node(), Long.toString(login.login()), "");
    }

    private CompletionStage<Presence> arrive(PlayerId player, String node, String login, String deadline) {
        ScriptArguments request = ScriptArguments.of(keys.presence())
                .add(player.value())
                .add(EncodedWord.of(node))
                .add(login)
                .add(keys.changes())
                .add(changes.self())
                .add(deadline);
        return calls.run(Script.ARRIVE, request, reply -> {
            refuseLate(reply);
            return new Presence(reply.number(0), EncodedWord.decode(reply.text(1)));
        });
    }

    /**
     * Has something done that must not happen any more once it has failed: a link that is frozen may bring a call to Redis at
     * any time later. So Redis refuses it from a time of its own clock on, which it was asked for just before: no later than
     * the call fails, since the answer was sent before it came. A failure that comes earlier waits for that time.
     *
     * @param step is given that time, in milliseconds
     */
    private <T> CompletionStage<T> inTime(LongFunction<CompletionStage<T>> step) {
        return calls.run(Script.NOW, ScriptArguments.of(keys.presence()), reply -> reply.number(0))
                .thenCompose(now -> {
                    long failsMillis = clock.millis() + timeoutMillis;
                    return step.apply(now + timeoutMillis)
                            .exceptionallyCompose(
                                    failure -> Causes.of(failure) instanceof StoreUnavailableException unavailable
                                            ? failed(unavailable, failsMillis - clock.millis())
                                            : CompletableFuture.failedFuture(failure));
                });
    }

    private static <T> CompletionStage<T> failed(StoreUnavailableException failure, long delayMillis) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (delayMillis <= 0) {
            answer.completeExceptionally(failure);
        } else {
            CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> answer.completeExceptionally(failure));
        }
        return answer;
    }

    private static void refuseLate(ScriptReply reply) throws StoreUnavailableException {
        if (reply.size() == 1) {
            throw new StoreUnavailableException("Redis was reached too late", RETRY_AFTER_MILLIS);
        }
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
        return forget("0", this::areDead);
    }

    @Override
    public CompletionStage<Void> forgetOwn(String node) {
        return forget("0", nodes -> CompletableFuture.completedFuture(Set.of(node)));
    }

    @Override
    public CompletionStage<Boolean> isAlive(String node) {
        return calls.send(CommandType.EXISTS, ScriptArguments.of(keys.node(node)), reply -> reply.number(0) == 1);
    }

    /**
     * Goes through all logins, a page at a time, and forgets those on the servers that are chosen of each page's. A login after its
     * page was read has another number, and stays.
     */
    private CompletionStage<Void> forget(String cursor, Function<Set<String>, CompletionStage<Set<String>>> choose) {
        ScriptArguments scan =
                ScriptArguments.of(keys.presence()).add(cursor).add("COUNT").add(SCANNED_AT_ONCE);
        return calls.send(CommandType.HSCAN, scan, PresenceHash::page)
                .thenCompose(page -> choose.apply(nodes(page))
                        .thenCompose(chosen -> depart(loginsOn(page, chosen)))
                        .thenCompose(done -> page.next().equals("0")
                                ? CompletableFuture.completedFuture(null)
                                : forget(page.next(), choose)));
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

    private static Set<String> nodes(Page page) {
        Set<String> nodes = new HashSet<>();
        page.logins().values().forEach(login -> nodes.add(login.node()));
        return nodes;
    }

    /** Asked anew for each page, since a server may have started meanwhile. */
    private CompletionStage<Set<String>> areDead(Set<String> nodes) {
        CompletionStage<Set<String>> dead = CompletableFuture.completedFuture(new HashSet<>());
        for (String node : nodes) {
            dead = dead.thenCombine(isAlive(node), (found, alive) -> {
                if (!alive) {
                    found.add(node);
                }
                return found;
            });
        }
        return dead;
    }

    private static Map<PlayerId, Long> loginsOn(Page page, Set<String> nodes) {
        Map<PlayerId, Long> logins = new HashMap<>();
        page.logins().forEach((player, login) -> {
            if (nodes.contains(login.node())) {
                logins.put(player, login.login());
            }
        });
        return logins;
    }

    @Override
    public CompletionStage<Void> send(String node, List<String> words) {
        return calls.send(
                CommandType.PUBLISH,
                ScriptArguments.of(keys.messages(node)).add(Changes.message(words)),
                reply -> RedisExecutor.DONE);
    }

    @Override
    public CompletionStage<Void> leave(String id, @Nullable PlayerLogin login, byte[] message, long millis) {
        String whose = login == null ? "0 0 " : login.player().value() + " " + login.number() + " ";
        byte[] head = whose.getBytes(US_ASCII);
        byte[] left = Arrays.copyOf(head, head.length + message.length);
        System.arraycopy(message, 0, left, head.length, message.length);
        ScriptArguments request =
                ScriptArguments.of(keys.handover(id)).add(left).add("PX").add(millis);
        return calls.send(CommandType.SET, request, reply -> RedisExecutor.DONE);
    }

    @Override
    public CompletionStage<Optional<HandedOver>> takeOver(String id, String node) {
        return inTime(deadline -> takeOver(id, node, deadline));
    }

    private CompletionStage<Optional<HandedOver>> takeOver(String id, String node, long deadline) {
        ScriptArguments request = ScriptArguments.of(keys.handover(id), keys.presence(), keys.taken(id))
                .add(EncodedWord.of(node))
                .add(keys.changes())
                .add(changes.self())
                .add(deadline)
                .add(TAKEN_MILLIS);
        return calls.run(Script.TAKE_OVER, request, reply -> {
            refuseLate(reply);
            return reply.size() == 0 ? Optional.empty() : Optional.of(new HandedOver(reply.bytes(0), reply.number(1)));
        });
    }

    @Override
    public CompletionStage<Void> tookOver(String id) {
        return calls.send(CommandType.DEL, ScriptArguments.of(keys.taken(id)), reply -> RedisExecutor.DONE);
    }

    @Override
    public CompletionStage<Boolean> takeBack(String id) {
        return calls.send(CommandType.DEL, ScriptArguments.of(keys.handover(id)), reply -> reply.number(0) == 1);
    }

    @Override
    public byte[] tokenKey() {
        return HexFormat.of().parseHex(schema.tokenKey());
    }

    @Override
    public void listen(String node, PresenceListener listener) {
        changes.tell(keys.messages(node), listener);
    }
}
