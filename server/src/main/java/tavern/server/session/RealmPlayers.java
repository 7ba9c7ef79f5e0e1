package tavern.server.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.server.store.StoreUnavailableException;

/**
 * The players on all servers of the realm, for operators. Nothing of it is stored: each server is asked for its part of a
 * page, of which it knows the newest. Safe on any thread; never blocks.
 */
public final class RealmPlayers {
    /** The first word of a question: number, server that asks, prefix, after, max. */
    private static final String ASK = "players";

    /** The first word of an answer: number, then {@link #WORDS} of each player. */
    private static final String ANSWER = "players-here";

    private static final int ASK_WORDS = 6;
    private static final int WORDS = 7;
    private static final int QUESTIONS_MAX = 1_000;
    private static final long ANSWER_MILLIS_MAX = 2_000;
    private static final int PLAYERS_MAX = 200;

    private final String node;
    private final RealmSessions realm;
    private final ConcurrentNavigableMap<String, Session> here;
    private final ConcurrentMap<Long, CompletableFuture<List<String>>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();

    /** @param here the sessions of this server by the names of their players */
    RealmPlayers(String node, RealmSessions realm, ConcurrentNavigableMap<String, Session> here) {
        this.node = node;
        this.realm = realm;
        this.here = here;
    }

    /** A player who is on a server of the realm. */
    public record PlayerThere(String node, SessionView session) {
        private String name() {
            return session.player();
        }
    }

    /**
     * A page of players by name.
     *
     * @param next the name after which the next page begins; empty for none
     * @param silent servers that did not answer in time, whose players are missing
     */
    public record Page(List<PlayerThere> players, String next, List<String> silent) {}

    /** @param nodes the servers whose players are wanted */
    public CompletionStage<Page> page(List<String> nodes, String prefix, String after, int max) {
        int most = Math.min(max, PLAYERS_MAX);
        Map<String, List<PlayerThere>> parts = new ConcurrentHashMap<>();
        CompletableFuture<?>[] answers = nodes.stream()
                .map(each -> part(each, prefix, after, most + 1).thenAccept(part -> parts.put(each, part)))
                .map(each -> each.handle((done, failure) -> null).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(answers).thenApply(all -> {
            List<PlayerThere> players = parts.values().stream()
                    .flatMap(List::stream)
                    .sorted(Comparator.comparing(PlayerThere::name).thenComparing(PlayerThere::node))
                    .toList();
            TreeSet<String> silent = new TreeSet<>(nodes);
            silent.removeAll(parts.keySet());
            boolean isMore = players.size() > most;
            List<PlayerThere> page = isMore ? players.subList(0, most) : players;
            return new Page(page, isMore ? page.get(most - 1).name() : "", List.copyOf(silent));
        });
    }

    private CompletionStage<List<PlayerThere>> part(String of, String prefix, String after, int max) {
        if (of.equals(node)) {
            return CompletableFuture.completedFuture(part(prefix, after, max)
                    .map(session -> new PlayerThere(node, session.view()))
                    .toList());
        }
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        if (waiting.size() >= QUESTIONS_MAX) {
            return CompletableFuture.failedFuture(
                    new StoreUnavailableException("too many questions to other servers are under way", 1_000));
        }
        long number = asked.incrementAndGet();
        waiting.put(number, answer);
        realm.send(of, List.of(ASK, Long.toString(number), node, prefix, after, Integer.toString(max)))
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    }
                });
        return answer.orTimeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .whenComplete((words, failure) -> waiting.remove(number))
                .thenApply(words -> players(of, words));
    }

    private Stream<Session> part(String prefix, String after, int max) {
        boolean isFirst = after.compareTo(prefix) < 0;
        return here.tailMap(isFirst ? prefix : after, isFirst).values().stream()
                .takeWhile(session -> session.player().name().startsWith(prefix))
                .limit(max);
    }

    /** A message of another server. @return false when it is not about this */
    boolean told(List<String> words) {
        if (words.size() == ASK_WORDS && words.get(0).equals(ASK)) {
            int max = (int) Math.min(number(words.get(5)), PLAYERS_MAX + 1L);
            List<String> answer = new ArrayList<>(List.of(ANSWER, words.get(1)));
            part(words.get(3), words.get(4), max).map(Session::view).forEach(view -> answer.addAll(words(view)));
            realm.send(words.get(2), answer);
            return true;
        }
        if (words.size() >= 2 && words.get(0).equals(ANSWER)) {
            CompletableFuture<List<String>> answer = waiting.get(number(words.get(1)));
            if (answer != null) {
                answer.complete(words.subList(2, words.size()));
            }
            return true;
        }
        return false;
    }

    private static List<String> words(SessionView view) {
        return List.of(
                view.player(),
                Long.toString(view.playerId()),
                view.session(),
                text(view.room()),
                text(view.address()),
                Long.toString(view.sinceMillis()),
                Long.toString(view.mutedUntilMillis()));
    }

    private static String text(@Nullable String word) {
        return word == null ? "" : word;
    }

    private static @Nullable String nullable(String word) {
        return word.isEmpty() ? null : word;
    }

    private static List<PlayerThere> players(String of, List<String> words) {
        List<PlayerThere> players = new ArrayList<>();
        for (int i = 0; i + WORDS <= words.size(); i += WORDS) {
            players.add(new PlayerThere(
                    of,
                    new SessionView(
                            words.get(i),
                            number(words.get(i + 1)),
                            words.get(i + 2),
                            nullable(words.get(i + 3)),
                            nullable(words.get(i + 4)),
                            number(words.get(i + 5)),
                            number(words.get(i + 6)))));
        }
        return players;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
