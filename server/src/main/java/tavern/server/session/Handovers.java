package tavern.server.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.HandoverAnswer;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.SessionHandover;
import tavern.server.cluster.Node;
import tavern.server.room.Room;
import tavern.server.room.Wire;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Presence;
import tavern.server.store.PresenceStore;
import tavern.server.time.MonotonicClock;

/**
 * P-104: gives sessions to other servers of the realm, to which their clients have come. {@link Arrivals} is the other
 * side.
 *
 * <pre>
 *   asked ──► quiet: no connection, requests under way end ──► going: written down, in the store ──► gone
 *                │                                                │ nobody took it
 *                ▼                                                ▼
 *              stays, without a connection: it may be resumed here, or asked for again
 * </pre>
 *
 * What is told to a session that is going waits ({@link LateMessages}), and follows it. Safe on any thread, except where
 * stated otherwise.
 */
public final class Handovers {
    /** How long a ticket is good. */
    static final long TICKET_SECONDS = 10;

    /**
     * The first time the client may not have heard of it. Who comes back once more has not got there: that server may be gone,
     * or out of the client's reach.
     */
    private static final int SENDS_MAX = 2;

    private static final int UNDER_WAY_MAX = 1_024;
    private static final int KNOWN_MAX = 100_000;

    /** Of the events that go along. */
    private static final long EVENT_BYTES_MAX = 4 << 20;

    /** Requests under way and the room have this long, together; the other server waits for two seconds. */
    private static final long STEPS_MILLIS_MAX = 1_200;

    /** Longer than the other server waits for the answer; then it does not take the session any more. */
    private static final long TAKEN_MILLIS_MAX = 4_000;

    private static final long LEFT_MILLIS = 3 * TAKEN_MILLIS_MAX;
    private static final long TAKE_BACK_RETRY_MILLIS = 1_000;
    private static final long BUSY_RETRY_MILLIS = 300;
    private static final CompletionStage<Boolean> YES = CompletableFuture.completedFuture(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedFuture(false);

    private final String self;
    private final CompletionStage<Node> selfNode;
    private final Sessions sessions;
    private final RealmSessions realm;
    private final @Nullable PresenceStore store;
    private final MonotonicClock clock;
    private final Cache<ByteString, Ticket> tickets;
    private final LateBudget late;

    /** Where sessions went, by each token and by the player's name: what still comes for them is passed on. */
    private final Cache<ByteString, String> went;

    private final Cache<String, String> playersWent;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * P-105: who comes with it may have the session, on this server only.
     *
     * @param token of the Welcome after which it was sent; a session that was resumed here since has another
     */
    private record Ticket(
            Session session, String node, @Nullable ByteString token) {
        boolean isSpent() {
            return !Objects.equals(token, session.tokens().current());
        }
    }

    /** @param selfNode completes once this server listens */
    Handovers(
            String self,
            CompletionStage<Node> selfNode,
            Sessions sessions,
            RealmSessions realm,
            @Nullable PresenceStore store,
            MonotonicClock clock) {
        this.self = self;
        this.selfNode = selfNode;
        this.sessions = sessions;
        this.realm = realm;
        this.store = store;
        this.clock = clock;
        this.late = new LateBudget(sessions.metrics().lateLost);
        this.tickets = cache(TICKET_SECONDS, clock);
        this.went = cache(sessions.resumeSeconds(), clock);
        this.playersWent = cache(TICKET_SECONDS, clock);
    }

    private static <K, V> Cache<K, V> cache(long seconds, MonotonicClock clock) {
        return Caffeine.newBuilder()
                .maximumSize(KNOWN_MAX)
                .expireAfterWrite(Duration.ofSeconds(seconds))
                .executor(Runnable::run)
                .scheduler(Scheduler.systemScheduler()) // else the last tickets would hold their sessions for long
                .ticker(clock)
                .build();
    }

    // ---- to another server ----

    /** P-16: the room is on another server. @param replyTo the number of the request, or 0 */
    ServerMessage redirect(Session session, int replyTo, RoomId room, Node to) {
        return Wire.redirect(replyTo, room.name(), to, ticket(session, to));
    }

    /** P-106: sends the player of a session to another server, with the session; whether the client goes is up to it. */
    public void sendAway(String player, Node to) {
        Session session = sessions.byName(player);
        if (session != null) {
            session.inLane(() -> {
                if (session.whereabouts().waitingSeat() == null
                        && !session.departure().isUnderWay()) { // else it was sent after its room, or goes already
                    session.send(Wire.redirect(0, "", to, ticket(session, to)));
                }
            });
        }
    }

    private ByteString ticket(Session session, Node to) {
        if (store == null || to.id().equals(self)) {
            return ByteString.EMPTY;
        }
        ByteString ticket = sessions.freshToken();
        tickets.put(ticket, new Ticket(session, to.id(), session.tokens().current()));
        return ticket;
    }

    /**
     * The session's room has moved, and so its client is to go there. A client that stays is told that the room is gone. In the
     * session's lane.
     *
     * @return whether the client was sent there; not a third time
     */
    boolean sendAfter(Session session) {
        WaitingSeat seat = session.whereabouts().waitingSeat();
        if (seat == null || session.whereabouts().sentAfterSeat() >= SENDS_MAX) {
            return false;
        }
        session.send(redirect(session, 0, seat.room(), seat.node()));
        session.lane()
                .schedule(
                        () -> {
                            // Without a connection it may still be resumed, and then it is sent again.
                            if (session.whereabouts().waitingSeat() == seat && session.connection() != null) {
                                giveUpSeat(session);
                            }
                        },
                        TICKET_SECONDS,
                        TimeUnit.SECONDS);
        return true;
    }

    /** The client stays here, without a room. In the session's lane. */
    void giveUpSeat(Session session) {
        session.whereabouts().giveUpSeat();
        session.send(Wire.error(0, ErrorCode.ROOM_CLOSED, "the room goes on at another server", 0));
    }

    /** To which server the session with this token went; null if none did. */
    @Nullable
    String whereTo(ByteString token) {
        return went.getIfPresent(token);
    }

    /** To which server the player went in the last seconds; null if to none. */
    @Nullable
    String whereTo(String player) {
        return playersWent.getIfPresent(player);
    }

    /** The player has come back: the chain of servers on which the player was ends here. */
    void isHere(String player) {
        playersWent.invalidate(player);
    }

    // ---- another server asks ----

    /** A client has come to another server with a token of this one. Completes with whether an answer was left in the store. */
    CompletionStage<Boolean> asked(HandoverRequest request) {
        boolean isArriving = sessions.arrivals().isArriving(request.token()); // first, as in Logins
        Ticket ticket = tickets.getIfPresent(request.token());
        Session session = ticket == null ? sessions.byToken(request.token()) : ticket.session();
        if (session == null && isArriving) {
            return busy(request, "the session is just coming from another server");
        }
        if (session == null) {
            String there = whereTo(request.token());
            return there == null || there.equals(request.node()) || request.hops() <= 0
                    ? NO
                    : realm.ask(there, request.passedOn().words());
        }
        if (ticket != null && !ticket.node().equals(request.node())) {
            return NO;
        }
        if (underWay.incrementAndGet() > UNDER_WAY_MAX) {
            underWay.decrementAndGet();
            return busy(request, "too many sessions go to other servers at once");
        }
        return session.askLane(() -> give(session, request, ticket))
                .whenComplete((given, failure) -> underWay.decrementAndGet())
                .exceptionallyCompose(failure -> busy(request, "the session's server has failed"));
    }

    /** P-20, for a Hello on another server. In the lane. */
    private CompletionStage<Boolean> give(Session session, HandoverRequest request, @Nullable Ticket ticket) {
        if (session.isEnded()) {
            return nothing(request);
        }
        if (session.departure().isUnderWay()) {
            return busy(request, "the session is just going to another server");
        }
        ResumeTokens tokens = session.tokens();
        boolean byTicket = ticket != null;
        ByteString used = tokens.meaning(request.token());
        boolean isRepeat =
                tokens.isInDoubt(used) && request.seq() == session.inbox().lastSeq();
        ResumeClaim earlier = session.claim();
        boolean isLate = earlier != null && request.seq() - earlier.greeting().seq() < 0;
        if ((ticket == null ? tokens.isSpent(used) : ticket.isSpent())
                || isLate
                || !(isRepeat || session.inbox().canTakeSeq(request.seq()))) {
            return session.isLive()
                    ? refuse(request, ErrorCode.SESSION_REPLACED, Greeting.ELSEWHERE, 0)
                    : nothing(request);
        }
        if (!session.messages().covers(request.lastSeen()) || session.messages().eventBytes() > EVENT_BYTES_MAX) {
            return session.connection() == null ? nothing(request) : busy(request, "the session cannot go on exactly");
        }
        if (session.room() != null && request.follows() && !byTicket) {
            return stays(request);
        }
        if (byTicket) {
            // Who has the ticket has the Welcome before it. Not earlier: a Hello that is refused shows nothing.
            tokens.settle();
        }
        if (earlier != null) {
            session.claim(null);
            earlier.greeting().elsewhere();
        }
        session.departure().give();
        long deadlineMillis = clock.millis() + STEPS_MILLIS_MAX;
        return inTime(session.messages().earlier(), deadlineMillis)
                .thenComposeAsync(all -> inTime(session.departure().stopIntake(), deadlineMillis), session.lane())
                .thenComposeAsync(told -> leaveRoom(session, deadlineMillis).thenApply(left -> told), session.lane())
                .thenComposeAsync(told -> write(session, told, request, ticket), session.lane())
                .exceptionallyComposeAsync(
                        failure -> {
                            session.departure().stay();
                            return busy(request, "what the player has asked for takes its time");
                        },
                        session.lane());
    }

    private <T> CompletionStage<T> inTime(CompletionStage<T> step, long deadlineMillis) {
        long millis = Math.max(0, deadlineMillis - clock.millis());
        return step.toCompletableFuture().copy().orTimeout(millis, TimeUnit.MILLISECONDS);
    }

    /** P-104: the room stays, so the player leaves it. What is settled for longer than the steps may take follows. */
    private CompletionStage<Void> leaveRoom(Session session, long deadlineMillis) {
        Room room = session.room();
        return room == null
                ? CompletableFuture.completedFuture(null)
                : inTime(room.members().leave(session), deadlineMillis).exceptionally(late -> null);
    }

    private CompletionStage<Boolean> write(
            Session session, SessionHandover.Builder handover, HandoverRequest request, @Nullable Ticket ticket) {
        if (session.isEnded()) {
            return nothing(request);
        }
        PlayerRecord known = sessions.players().known(session.player().name());
        handover.setGoodsVersion(known == null ? 0 : known.inventory().version());
        if (ticket != null || !session.tokens().meaning(request.token()).equals(request.token())) {
            handover.setTicket(request.token());
        }
        LateMessages waiting = new LateMessages(
                new LateMessages.Left(
                        session.id(), session.lane(), session.messages()::number, session.messages()::send),
                realm,
                request.id(),
                request.node(),
                late,
                clock);
        HandoverAnswer answer = HandoverAnswer.newBuilder()
                .setSession(session.departure().go(handover, request.lastSeen(), waiting))
                .build();
        PresenceStore.PlayerLogin login =
                new PresenceStore.PlayerLogin(session.player().id(), session.login());
        return shared().leave(request.id(), login, answer.toByteArray(), LEFT_MILLIS)
                .handleAsync(
                        (left, failure) -> {
                            if (failure == null) {
                                lookLater(session, request, ticket, TAKEN_MILLIS_MAX);
                                return YES;
                            }
                            session.departure().stay();
                            // It may have been left all the same.
                            return shared().takeBack(request.id())
                                    .thenCompose(isBack -> busy(request, "the store does not answer"));
                        },
                        session.lane())
                .thenCompose(given -> given);
    }

    private void lookLater(Session session, HandoverRequest request, @Nullable Ticket ticket, long millis) {
        session.lane().schedule(() -> takeBack(session, request, ticket), millis, TimeUnit.MILLISECONDS);
    }

    /** The other server may not have taken the session; then its client may come there once more with the ticket. */
    private void takeBack(Session session, HandoverRequest request, @Nullable Ticket ticket) {
        if (session.isEnded()) {
            tickets.invalidate(request.token());
            return;
        }
        shared().takeBack(request.id())
                .thenCompose(isBack -> isBack ? YES : isStillHere(session))
                .whenCompleteAsync(
                        (isHere, failure) -> {
                            if (session.isEnded()) {
                                return;
                            }
                            if (failure != null) {
                                lookLater(session, request, ticket, TAKE_BACK_RETRY_MILLIS);
                            } else if (isHere) {
                                session.departure().stay();
                                if (ticket != null) {
                                    tickets.put(request.token(), ticket); // for as long as a new one
                                }
                            } else {
                                sessions.endInLane(session, ErrorCode.OK, "it went on at another server");
                            }
                        },
                        session.lane());
    }

    /** What was left is not there: another server has taken it, or it was forgotten, or taken back without our knowing. */
    private CompletionStage<Boolean> isStillHere(Session session) {
        PlayerId player = session.player().id();
        return shared().present(List.of(player)).thenApply(found -> {
            Presence newest = found.get(player);
            return newest == null || (newest.node().equals(self) && newest.login() <= session.login());
        });
    }

    /** A session that was going is about to end: another server has it. In the lane. */
    void gone(Session session, LateMessages waiting) {
        session.tokens().good().forEach(token -> went.put(token, waiting.to()));
        playersWent.put(session.player().name(), waiting.to());
        sessions.metrics().handedOver.increment();
        waiting.follow();
    }

    private CompletionStage<Boolean> busy(HandoverRequest request, String text) {
        return refuse(request, ErrorCode.BUSY, text, BUSY_RETRY_MILLIS);
    }

    private CompletionStage<Boolean> refuse(
            HandoverRequest request, ErrorCode code, String text, long retryAfterMillis) {
        Error refusal = Error.newBuilder()
                .setCode(code)
                .setText(text)
                .setRetryAfterMs((int) retryAfterMillis)
                .build();
        return leave(request, HandoverAnswer.newBuilder().setRefusal(refusal).build());
    }

    /** P-106: the player is in a room here, and the client can come. */
    private CompletionStage<Boolean> stays(HandoverRequest request) {
        return selfNode.thenCompose(here -> leave(
                request,
                HandoverAnswer.newBuilder()
                        .setStays(Redirect.newBuilder()
                                .setHost(here.host())
                                .setPort(here.port())
                                .setTicket(request.token()))
                        .build()));
    }

    /** There was such a session, and it does not go on. */
    private CompletionStage<Boolean> nothing(HandoverRequest request) {
        return leave(request, HandoverAnswer.getDefaultInstance());
    }

    private CompletionStage<Boolean> leave(HandoverRequest request, HandoverAnswer answer) {
        return shared().leave(request.id(), null, answer.toByteArray(), LEFT_MILLIS)
                .thenApply(left -> true);
    }

    private PresenceStore shared() {
        PresenceStore shared = store;
        if (shared == null) {
            throw new IllegalStateException("this server shares its realm with no other");
        }
        return shared;
    }

    /** Completes when what was told to sessions that have gone has followed them, or the time is up. */
    CompletionStage<Void> told(long millisMax) {
        return late.settled(millisMax);
    }
}
