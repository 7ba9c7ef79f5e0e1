package tavern.server.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.PlayerId;
import tavern.server.store.Causes;
import tavern.server.store.Presence;
import tavern.server.store.PresenceListener;
import tavern.server.store.PresenceStore;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * The players on the realm's other servers. Of a player's sessions in the realm only the one that began last lives on:
 * each login gets a number from the store, and a server that hears of a larger one ends its own session of the player.
 * Servers ask each other about players by messages, which are answered, or time out.
 *
 * <p>A server without others knows of nobody else. Safe on any thread.
 */
final class RealmSessions implements PresenceListener {
    private static final Logger log = LoggerFactory.getLogger(RealmSessions.class);
    private static final String ASK = "ask";
    private static final String ANSWER = "answer";
    private static final int QUESTIONS_MAX = 4_096;
    private static final long ANSWER_MILLIS_MAX = 2_000;

    private static final long RETRY_MILLIS = 1_000;

    /** Number of logins of which one call to the store tells. */
    private static final int AT_ONCE = 500;

    /** Answers other servers' questions about a player or a room that is here. */
    interface Questions {
        /** Returns whether the player or room was here, and what was asked for was done. Called on a thread of the store. */
        CompletionStage<Boolean> asked(List<String> words);
    }

    /** What is to be known to know of the sessions on this server. */
    interface Here {
        Map<PlayerId, Long> logins();

        /** Ends the player's session, if its login is older. */
        void endOlderThan(PlayerId player, long login);
    }

    private final String node;
    private final @Nullable PresenceStore store;
    private final Here here;
    private final Questions questions;
    private final ConcurrentMap<PlayerId, Arrival> arriving = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, CompletableFuture<Boolean>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();

    /** Logins that have ended, and of which the store does not know yet. */
    private final ConcurrentMap<PlayerId, Long> departed = new ConcurrentHashMap<>();

    private final AtomicBoolean isTelling = new AtomicBoolean();

    /** How often logins may have been missed. */
    private final AtomicInteger interruptions = new AtomicInteger();

    /** How often a comparison was asked for since the last one that succeeded. */
    private final AtomicInteger missed = new AtomicInteger();

    private volatile Predicate<List<String>> others = words -> false;
    private volatile boolean closed;

    /**
     * Logins of one player that are under way.
     *
     * @param newest login elsewhere that was heard of meanwhile
     * @param interruptions up to the first of them
     */
    private record Arrival(int logins, long newest, int interruptions) {}

    /** @param store null without other servers */
    RealmSessions(String node, @Nullable PresenceStore store, Here here, Questions questions) {
        this.node = node;
        this.store = store;
        this.here = here;
        this.questions = questions;
        if (store != null) {
            store.listen(node, this);
            store.forgetOwn(node).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.warn(
                            "logins of this server's earlier life are forgotten later: {}",
                            Causes.of(failure).getMessage());
                }
            });
        }
    }

    /** Whether this server has its realm for itself. */
    boolean isAlone() {
        return store == null;
    }

    // ---- logins ----

    /**
     * Notes a login. Whoever calls this must call {@link #arrived} afterwards, also when it failed.
     *
     * @return the number of the login; 0 without other servers
     */
    CompletionStage<Long> arrive(PlayerId player) {
        if (store == null) {
            return CompletableFuture.completedFuture(0L);
        }
        arriving.merge(
                player,
                new Arrival(1, 0, interruptions.get()),
                (known, one) -> new Arrival(known.logins() + 1, known.newest(), known.interruptions()));
        return store.arrive(player, node).thenApply(Presence::login);
    }

    /**
     * Ends what {@link #arrive} has begun. To be called once the session is among those that {@link Here} knows.
     *
     * @return the newest login elsewhere that was heard of meanwhile; 0 for none
     */
    long arrived(PlayerId player) {
        if (store == null) {
            return 0;
        }
        Arrival[] ended = new Arrival[1];
        arriving.computeIfPresent(player, (id, known) -> {
            ended[0] = known;
            return known.logins() == 1 ? null : new Arrival(known.logins() - 1, known.newest(), known.interruptions());
        });
        Arrival arrival = ended[0];
        if (arrival == null) {
            return 0;
        }
        if (arrival.interruptions() != interruptions.get()) {
            compareSoon(); // the comparison after the interruption may not have seen this login
        }
        return arrival.newest();
    }

    /** The session with this login has ended. The store is told soon, together with others. */
    void departed(PlayerId player, long login) {
        if (store != null && login > 0) {
            departed.merge(player, login, Math::max);
            tellDepartures(store);
        }
    }

    /** One call at a time, so that the end of all sessions is a few calls. What cannot be told is forgotten at the next start. */
    private void tellDepartures(PresenceStore told) {
        if (departed.isEmpty() || !isTelling.compareAndSet(false, true)) {
            return;
        }
        Map<PlayerId, Long> some = new HashMap<>();
        for (Map.Entry<PlayerId, Long> login : departed.entrySet()) {
            if (some.size() >= AT_ONCE) {
                break;
            }
            some.put(login.getKey(), login.getValue());
        }
        some.forEach(departed::remove);
        told.depart(some).whenComplete((done, failure) -> {
            isTelling.set(false);
            if (failure != null) {
                log.debug(
                        "where {} players were is forgotten later: {}",
                        some.size(),
                        Causes.of(failure).getMessage());
            }
            tellDepartures(told);
        });
    }

    @Override
    public void loggedIn(PlayerId player, long login) {
        arriving.computeIfPresent(
                player,
                (id, known) -> new Arrival(known.logins(), Math.max(known.newest(), login), known.interruptions()));
        here.endOlderThan(player, login);
    }

    /**
     * Compares all logins here with the store's: another server may have ended one, or the store lost some. Repeated until it
     * succeeds, since the connection for commands may be back later than the one that tells of this.
     */
    @Override
    public void loginsMissed() {
        interruptions.incrementAndGet();
        compareSoon();
    }

    /** A session has come here by this login. A newer one may have been told of before, and then it ends. */
    void compare(PlayerId player, long login) {
        compare(List.of(Map.entry(player, login)), 0).whenComplete((done, failure) -> {
            if (failure != null) {
                loginsMissed();
            }
        });
    }

    private void compareSoon() {
        if (missed.getAndIncrement() == 0) {
            compare();
        }
    }

    private void compare() {
        int seen = missed.get();
        compare(List.copyOf(here.logins().entrySet()), 0).whenComplete((done, failure) -> {
            if (closed) {
                return;
            }
            if (failure != null) {
                log.debug("logins are compared later: {}", Causes.of(failure).getMessage());
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(this::compare);
            } else if (!missed.compareAndSet(seen, 0)) {
                compare();
            }
        });
    }

    private CompletionStage<Void> compare(List<Map.Entry<PlayerId, Long>> logins, int from) {
        if (from >= logins.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int to = Math.min(logins.size(), from + AT_ONCE);
        Map<PlayerId, Long> own = new HashMap<>();
        logins.subList(from, to).forEach(login -> own.put(login.getKey(), login.getValue()));
        return shared().present(own.keySet())
                .thenCompose(found -> repair(own, found))
                .thenCompose(done -> compare(logins, to));
    }

    private CompletionStage<Void> repair(Map<PlayerId, Long> own, Map<PlayerId, Presence> found) {
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (Map.Entry<PlayerId, Long> login : own.entrySet()) {
            PlayerId player = login.getKey();
            Presence newest = found.get(player);
            if (newest != null && newest.login() > login.getValue()) {
                here.endOlderThan(player, newest.login());
            } else if (newest == null || newest.login() < login.getValue()) {
                CompletionStage<Void> again = shared().arriveAgain(player, new Presence(login.getValue(), node))
                        .thenAccept(now -> here.endOlderThan(player, now.login()));
                all = all.thenCombine(again, (one, other) -> other);
            }
        }
        return all;
    }

    /** Messages that are no questions or answers of this class are shown to others. @param hears whether it knew what to do */
    void alsoHeardBy(Predicate<List<String>> hears) {
        others = hears;
    }

    /** Sends a message to another server. */
    CompletionStage<Void> send(String other, List<String> words) {
        return shared().send(other, words);
    }

    /** The server stops. */
    void close() {
        closed = true;
    }

    private PresenceStore shared() {
        PresenceStore shared = store;
        if (shared == null) {
            throw new IllegalStateException("this server shares its realm with no other");
        }
        return shared;
    }

    // ---- questions ----

    /** The other server on which the player is; empty when on none, or on this one. */
    CompletionStage<Optional<String>> elsewhere(PlayerId player) {
        return store == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : store.present(List.of(player)).thenCompose(found -> alive(store, found.get(player)));
    }

    private CompletionStage<Optional<String>> alive(PresenceStore asked, @Nullable Presence login) {
        if (login == null || login.node().equals(node)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return asked.isAlive(login.node()).thenApply(alive -> alive ? Optional.of(login.node()) : Optional.empty());
    }

    /** Like {@link #ask}, but a server that has died has nothing to say: completes with false. */
    CompletionStage<Boolean> askIfAlive(String other, List<String> words) {
        return shared().isAlive(other)
                .thenCompose(alive -> alive ? ask(other, words) : CompletableFuture.completedFuture(false));
    }

    /**
     * Asks another server about a player or a room.
     *
     * @return whether it was there, and it was done; fails with {@link TimeoutException} when the other server does
     *     not answer, and with {@link StoreUnavailableException} when it cannot be asked
     */
    CompletionStage<Boolean> ask(String other, List<String> words) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        if (waiting.size() >= QUESTIONS_MAX) {
            answer.completeExceptionally(
                    new StoreUnavailableException("too many questions to other servers are under way", 1_000));
            return answer;
        }
        long number = asked.incrementAndGet();
        waiting.put(number, answer);
        List<String> message = new ArrayList<>(List.of(ASK, Long.toString(number), node));
        message.addAll(words);
        shared().send(other, message).whenComplete((sent, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(Causes.of(failure));
            }
        });
        return answer.orTimeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> waiting.remove(number));
    }

    @Override
    public void told(List<String> words) {
        if (words.size() > 3 && words.get(0).equals(ASK)) {
            String number = words.get(1);
            String other = words.get(2);
            Stages.begin(() -> questions.asked(words.subList(3, words.size()))).whenComplete((done, failure) -> {
                boolean isDone = failure == null && Boolean.TRUE.equals(done);
                shared().send(other, List.of(ANSWER, number, Boolean.toString(isDone)));
            });
        } else if (words.size() == 3 && words.get(0).equals(ANSWER)) {
            CompletableFuture<Boolean> answer = waiting.get(number(words.get(1)));
            if (answer != null) {
                answer.complete(Boolean.parseBoolean(words.get(2)));
            }
        } else if (!others.test(words)) {
            log.warn("another server has sent a message that this one does not understand: {}", words.get(0));
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0; // no question has this number
        }
    }
}
