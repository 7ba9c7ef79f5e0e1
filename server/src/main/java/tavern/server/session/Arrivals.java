package tavern.server.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.HandoverAnswer;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.SessionHandover;
import tavern.server.cluster.Node;
import tavern.server.room.Rooms;
import tavern.server.store.Causes;
import tavern.server.store.HandedOver;
import tavern.server.store.PresenceStore;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.MonotonicClock;

/**
 * P-104: fetches sessions from other servers of the realm, for clients that have come here with a token from there. {@link
 * Handovers} is the other side. Safe on any thread.
 */
final class Arrivals {
    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);
    private static final int UNDER_WAY_MAX = 1_024;
    private static final int HOPS_MAX = 3;

    /** Sessions that came and went on within minutes, for each that can be here at once. */
    private static final int WENT_ON_SHARE = 4;

    private static final int OVER_MAX = 10_000;

    /** Not for longer, since a server that cannot write its answer down says that it does not know the token, too. */
    private static final long OVER_SECONDS = 10;

    /** Less than clients wait for an answer. What was taken is there for longer. */
    private static final long TAKE_MILLIS_MAX = 8_000;

    private static final Executor TAKE_AGAIN =
            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS, Runnable::run);
    private static final long BUSY_RETRY_MILLIS = 500;
    private static final long FULL_RETRY_MILLIS = 2_000;

    private final String self;
    private final Sessions sessions;
    private final RealmSessions realm;
    private final Handovers handovers;
    private final @Nullable PresenceStore store;
    private final MonotonicClock clock;
    private final LateArrivals late;
    private final AtomicInteger underWay = new AtomicInteger();

    /** Tokens whose sessions are over: nobody is asked again, whoever comes with one again and again. */
    private final Cache<ByteString, Boolean> over;

    private final Set<Coming> coming = ConcurrentHashMap.newKeySet();

    /** A session that another server has given up, and which is not here yet. */
    private static final class Coming {
        final ByteString token;
        final String from;
        final CompletableFuture<Void> end = new CompletableFuture<>();

        /** The store did not answer, so the client may have come back meanwhile, with another token of that server. */
        volatile boolean isInDoubt;

        /** @param token with which the client came */
        Coming(ByteString token, String from) {
            this.token = token;
            this.from = from;
        }

        boolean mayBeOf(ByteString other) {
            return token.equals(other)
                    || (isInDoubt
                            && RealmTokens.node(other).filter(from::equals).isPresent());
        }
    }

    /** What becomes of a Hello for which another server was asked. */
    interface Outcome {
        /** The session is here, as it was there, without a connection. In its lane. */
        void arrived(Session session);

        /** Nothing is to be resumed. @param isForged whether neither the other server nor any has made the token */
        void nothing(boolean isForged);
    }

    Arrivals(
            String self,
            Sessions sessions,
            RealmSessions realm,
            Handovers handovers,
            @Nullable PresenceStore store,
            MonotonicClock clock) {
        this.self = self;
        this.sessions = sessions;
        this.realm = realm;
        this.handovers = handovers;
        this.store = store;
        this.clock = clock;
        this.late = new LateArrivals(WENT_ON_SHARE * sessions.sessionsMax());
        this.over = Caffeine.newBuilder()
                .maximumSize(OVER_MAX)
                .expireAfterWrite(Duration.ofSeconds(OVER_SECONDS))
                .executor(Runnable::run)
                .ticker(clock)
                .build();
    }

    /** Another server brings what a session was told there. @return as {@link LateArrivals#brought} */
    CompletionStage<Boolean> brought(List<String> words) {
        return late.brought(words);
    }

    /** The session, which may have come from another server, has ended here. In its lane. @param next as {@link LateArrivals#ended} */
    void ended(Session session, @Nullable LateMessages next) {
        String handover = session.handover();
        if (handover != null) {
            late.ended(handover, next);
        }
    }

    /** Completes once the sessions that are arriving now are here: until then their players are nowhere. */
    CompletionStage<Void> settled() {
        return CompletableFuture.allOf(coming.stream().map(each -> each.end).toArray(CompletableFuture[]::new));
    }

    /** Whether the session of this token may be on its way to here. Once it is not any more, the session is here, if it came. */
    boolean isArriving(ByteString token) {
        return coming.stream().anyMatch(each -> each.mayBeOf(token));
    }

    /** The other server to be asked for the session of this token, which no session here has; null for none. */
    @Nullable
    String whomToAsk(ByteString token) {
        if (store == null || over.getIfPresent(token) != null) {
            return null;
        }
        String went = handovers.whereTo(token);
        if (went != null) {
            return went; // who has made the token knows only that the session came here
        }
        String there = RealmTokens.node(token).orElse(null);
        return self.equals(there) ? null : there;
    }

    /** Asks another server for the session of this Hello. */
    void ask(String there, Greeting greeting, Outcome outcome) {
        PresenceStore shared = store;
        if (shared == null || underWay.incrementAndGet() > UNDER_WAY_MAX) {
            underWay.decrementAndGet();
            greeting.busy("too many sessions come from other servers at once", BUSY_RETRY_MILLIS);
            return;
        }
        if (sessions.isFull()) {
            underWay.decrementAndGet();
            Node other = sessions.otherServer();
            if (other == null || other.id().equals(there)) {
                greeting.busy("as many players as limits.sessions-max allows are here", FULL_RETRY_MILLIS);
            } else {
                greeting.sendOn(other);
            }
            return;
        }
        Stages.begin(() -> fetch(shared, there, greeting, outcome)).whenComplete((done, failure) -> {
            underWay.decrementAndGet();
            if (failure == null) {
                return;
            }
            Throwable cause = Causes.of(failure);
            if (cause instanceof TimeoutException) {
                log.warn("{} does not answer for the session of a client that has come here", there);
                outcome.nothing(false);
            } else {
                greeting.unavailable(cause);
            }
        });
    }

    private CompletionStage<Void> fetch(PresenceStore shared, String there, Greeting greeting, Outcome outcome) {
        Hello hello = greeting.hello();
        HandoverRequest request = new HandoverRequest(
                sessions.freshSecret(),
                self,
                hello.getResumeToken(),
                greeting.seq(),
                hello.getLastSessionSeq(),
                hello.getFollows(),
                HOPS_MAX);
        return shared.isAlive(there).thenCompose(alive -> {
            if (alive) {
                return fetch(shared, there, request, greeting, outcome);
            }
            outcome.nothing(false);
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletionStage<Void> fetch(
            PresenceStore shared, String there, HandoverRequest request, Greeting greeting, Outcome outcome) {
        sessions.metrics().tokensAsked.increment();
        return realm.ask(there, request.words()).thenCompose(given -> {
            if (!given) {
                unknown(request.token(), outcome);
                return CompletableFuture.completedFuture(null);
            }
            Coming arrival = new Coming(request.token(), there);
            coming.add(arrival);
            return take(shared, request.id(), arrival, clock.millis() + TAKE_MILLIS_MAX)
                    .thenCompose(left -> read(request.id(), left, outcome))
                    .whenComplete((answer, failure) -> {
                        coming.remove(arrival);
                        arrival.end.complete(null);
                    })
                    .thenAccept(answer -> {
                        if (answer.hasSession()) {
                            shared.tookOver(request.id());
                        }
                        tell(answer, greeting, outcome);
                    });
        });
    }

    /** Asks again while the store does not answer: it may have been done, and then nobody but the store has the session. */
    private CompletionStage<Optional<HandedOver>> take(
            PresenceStore shared, String id, Coming arrival, long untilMillis) {
        return shared.takeOver(id, self).exceptionallyCompose(failure -> {
            if (!(Causes.of(failure) instanceof StoreUnavailableException) || clock.millis() >= untilMillis) {
                return CompletableFuture.failedFuture(failure);
            }
            arrival.isInDoubt = true;
            return CompletableFuture.supplyAsync(() -> take(shared, id, arrival, untilMillis), TAKE_AGAIN)
                    .thenCompose(again -> again)
                    // Nothing: the other server has taken it back, or the player has logged in since. The client may
                    // come again.
                    .thenCompose(left -> left.isPresent()
                            ? CompletableFuture.completedFuture(left)
                            : CompletableFuture.failedFuture(failure));
        });
    }

    /** Also what an earlier life of that server has made, which has crashed: its players come back all at once. */
    private void unknown(ByteString token, Outcome outcome) {
        boolean isGenuine = sessions.isGenuine(token);
        if (isGenuine) {
            over.put(token, true);
        } else {
            sessions.metrics().tokensForged.increment();
        }
        outcome.nothing(!isGenuine);
    }

    /** Completes once the session, if it is one, is among those that are here. */
    private CompletionStage<HandoverAnswer> read(String id, Optional<HandedOver> left, Outcome outcome) {
        if (left.isEmpty()) {
            return CompletableFuture.completedFuture(HandoverAnswer.getDefaultInstance());
        }
        HandoverAnswer answer;
        try {
            answer = HandoverAnswer.parseFrom(left.get().message());
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(new IllegalStateException("not an answer of another server", e));
        }
        return answer.hasSession()
                ? adopt(id, answer.getSession(), left.get().login(), outcome).thenApply(here -> answer)
                : CompletableFuture.completedFuture(answer);
    }

    private static void tell(HandoverAnswer answer, Greeting greeting, Outcome outcome) {
        switch (answer.getAnswerCase()) {
            case SESSION -> {} // its lane goes on with the Hello
            case REFUSAL -> refuse(answer.getRefusal(), greeting);
            case STAYS -> greeting.stays(answer.getStays());
            case ANSWER_NOT_SET -> outcome.nothing(false); // the session does not go on
        }
    }

    private static void refuse(Error refusal, Greeting greeting) {
        if (refusal.getCode() == ErrorCode.BUSY) {
            greeting.busy(refusal.getText(), refusal.getRetryAfterMs());
        } else {
            greeting.refuse(refusal.getCode(), refusal.getText());
        }
    }

    private CompletionStage<Void> adopt(String id, SessionHandover handover, long login, Outcome outcome) {
        return CompletableFuture.runAsync(
                () -> {
                    Session session = sessions.adopt(id, handover, login);
                    session.expireLater();
                    session.messages().awaitEarlier();
                    late.arrived(id, session.lane(), session.messages()::brought);
                    realm.compare(session.player().id(), login);
                    lookForChanges(session, handover);
                    takeSeat(session, outcome);
                },
                sessions.laneOf(handover.getPlayer()));
    }

    /** What happened to the player's record while the session was on its way was told to nobody. */
    private void lookForChanges(Session session, SessionHandover handover) {
        sessions.players().open(session.player().name()).thenAccept(record -> {
            if (record.inventory().version() != handover.getGoodsVersion()
                    || record.mutedUntilMillis() != handover.getMutedUntilMs()) {
                sessions.players().reread(record.player());
            }
        });
    }

    private void takeSeat(Session session, Outcome outcome) {
        WaitingSeat seat = session.whereabouts().waitingSeat();
        if (seat == null || !seat.node().id().equals(self)) {
            outcome.arrived(session);
            return;
        }
        Rooms rooms = sessions.rooms();
        Stages.begin(() -> rooms.takeWaitingSeat(seat.room(), session))
                .whenCompleteAsync(
                        (room, failure) -> {
                            if (failure == null && room.isPresent() && session.isEnded()) {
                                room.get().members().leave(session); // it ended without knowing of the room
                            } else if (failure == null && room.isPresent()) {
                                session.whereabouts().seated(room.get());
                            } else {
                                session.whereabouts().noWaitingSeat();
                            }
                            outcome.arrived(session);
                        },
                        session.lane());
    }
}
