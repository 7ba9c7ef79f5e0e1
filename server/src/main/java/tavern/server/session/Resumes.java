package tavern.server.session;

import com.google.protobuf.ByteString;
import java.util.List;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.room.MoveSlot;
import tavern.server.room.Resumption;
import tavern.server.room.Room;
import tavern.server.room.Wire;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/**
 * P-20: handles a Hello that asks to resume a session. This runs in the session's lane, except while the record is
 * loaded, the old connection closes, and the room checks what was missed. Of several Hellos the one with the highest
 * number counts, and of two with the same number the later one. A connection that has the session keeps it until it is
 * certain that the new one can resume exactly.
 */
final class Resumes {
    private static final long LIVE_RETRY_MILLIS = 1_000;
    private static final long GOING_RETRY_MILLIS = 300;

    private final Sessions sessions;
    private final Players players;
    private final Logins logins;

    Resumes(Sessions sessions, Players players, Logins logins) {
        this.sessions = sessions;
        this.players = players;
        this.logins = logins;
    }

    void claim(Session session, Greeting asked) {
        if (session.isEnded()) {
            logins.resume(asked); // it may have gone to another server
            return;
        }
        if (session.departure().isUnderWay()) {
            asked.busy("the session is just going to another server", GOING_RETRY_MILLIS);
            return;
        }
        Greeting greeting = asked.with(session.tokens().meaning(asked.hello().getResumeToken()));
        ByteString token = greeting.hello().getResumeToken();
        if (session.tokens().isSpent(token)) {
            spent(session, greeting);
            return;
        }
        ResumeClaim earlier = session.claim();
        // Until the lane has learnt that the earlier Hello got the session, its token is not in doubt yet.
        boolean isRepeat = (earlier != null && earlier.isRepeatedBy(greeting))
                || (session.tokens().isInDoubt(token)
                        && greeting.seq() == session.inbox().lastSeq());
        boolean isAfterEarlier =
                earlier == null || greeting.seq() - earlier.greeting().seq() >= 0;
        if (!isAfterEarlier || !(isRepeat || session.inbox().canTakeSeq(greeting.seq()))) {
            late(session, greeting);
            return;
        }
        if (earlier != null) {
            earlier.greeting().elsewhere();
        }
        ResumeClaim claim = new ResumeClaim(session, greeting);
        session.claim(claim);
        players.open(session.player().name())
                .whenCompleteAsync(
                        (record, failure) -> {
                            if (failure == null) {
                                goOnIf(claim, () -> checkEvents(claim, record));
                            } else {
                                goOnIf(claim, () -> {
                                    session.claim(null);
                                    greeting.unavailable(failure);
                                });
                            }
                        },
                        session.lane());
    }

    /**
     * The session was resumed with this token and the client has shown that it has the next: this is an old attempt.
     */
    private void spent(Session session, Greeting greeting) {
        if (session.isLive()) {
            greeting.elsewhere();
        } else {
            logins.authenticate(greeting);
        }
    }

    private void late(Session session, Greeting greeting) {
        if (session.isLive()) {
            greeting.elsewhere();
        } else {
            startOver(session, greeting);
        }
    }

    /** The lane did other work meanwhile: another Hello may count now, the session may be over, or the client gone. */
    private void goOnIf(ResumeClaim claim, Runnable next) {
        Session session = claim.session();
        if (session.isEnded()) {
            if (session.claim() == claim) {
                logins.authenticate(claim.greeting());
            }
        } else if (session.claim() == claim) {
            if (claim.greeting().connection().isOpen()) {
                next.run();
            } else {
                session.claim(null);
            }
        }
    }

    private void checkEvents(ResumeClaim claim, PlayerRecord record) {
        Session session = claim.session();
        if (record.bannedUntilMillis() > sessions.wallMillis()) {
            sessions.endInLane(
                    session,
                    ErrorCode.BANNED,
                    record.sanction(Sanction.Kind.BAN).words());
            return;
        }
        Hello hello = claim.greeting().hello();
        if (!session.messages().covers(hello.getLastSessionSeq())) {
            inexact(claim);
            return;
        }
        Room room = session.room();
        long lastRoomSeq = room == null ? -1 : lastRoomSeq(room, hello);
        if (room == null || lastRoomSeq < 0 || session.connection() == null) {
            take(claim);
            return;
        }
        room.ask(there -> there.members().covers(session, lastRoomSeq))
                .whenCompleteAsync(
                        (covered, failure) -> goOnIf(claim, () -> {
                            if (failure == null && covered) {
                                take(claim);
                            } else {
                                inexact(claim);
                            }
                        }),
                        session.lane());
    }

    /** Negative when the client knows nothing of the room. */
    private static long lastRoomSeq(Room room, Hello hello) {
        if (!room.id().name().equals(hello.getLastRoom())) {
            return -1;
        }
        long seen = hello.getLastRoomSeq();
        // Unsigned: a number of 2^63 or more is one that the room has not assigned yet, like any that is too high.
        return seen < 0 ? Long.MAX_VALUE : seen;
    }

    private void inexact(ResumeClaim claim) {
        Session session = claim.session();
        session.claim(null);
        if (session.connection() == null) {
            startOver(session, claim.greeting());
        } else {
            claim.greeting()
                    .busy(
                            "the session has a connection and cannot go on exactly over another; leave out resume_token to "
                                    + "replace it, or wait until that connection is lost",
                            LIVE_RETRY_MILLIS);
        }
    }

    /** P-20: the missed events cannot be replayed exactly, so the old session ends and a new one begins. */
    private void startOver(Session session, Greeting greeting) {
        sessions.endInLane(session, ErrorCode.SESSION_REPLACED, "could not be resumed");
        logins.authenticate(greeting);
    }

    /** Takes the session over from the old connection, if there is one. */
    private void take(ResumeClaim claim) {
        Session session = claim.session();
        Connection previous = session.connection();
        if (previous == null) {
            session.expireLater();
        } else {
            session.detach(previous);
        }
        session.handOver(claim, previous, () -> goOnIf(claim, () -> goOn(claim)));
    }

    private void goOn(ResumeClaim claim) {
        Room room = claim.session().room();
        if (room == null) {
            goOnInLobby(claim);
        } else {
            goOnIn(room, claim);
        }
    }

    /** The first messages to the client, sent on the loop of its connection. */
    private record Reply(ByteString token, ServerMessage welcome, List<ServerMessage> missed) {}

    private Reply reply(ResumeClaim claim) {
        Session session = claim.session();
        ByteString token = sessions.freshToken();
        session.tokens().offer(token);
        int seq = claim.greeting().seq();
        return new Reply(
                token,
                logins.welcome(session, seq, token, claim.seqBefore()),
                session.messages().missedAfter(claim.greeting().hello().getLastSessionSeq()));
    }

    /** On the loop of the connection. */
    private static void greet(ResumeClaim claim, SessionStage stage, Reply reply) {
        // A later Hello closes this connection before the inbox passes to another loop, which may own it by now.
        if (claim.greeting().connection().isOpen()) {
            claim.session().inbox().greeted(claim.greeting().seq());
        }
        stage.greet(reply.welcome(), reply.missed());
        if (claim.greeting().connection().isOpen()) {
            claim.session().inbox().arrived(stage);
        }
    }

    private void goOnInLobby(ResumeClaim claim) {
        Session session = claim.session();
        Connection connection = claim.greeting().connection();
        SessionStage lobby = new LobbyStage(sessions, session, connection);
        Reply reply = reply(claim);
        connection.loop().execute(() -> greet(claim, lobby, reply));
        session.goOn(claim, lobby, reply.token());
        sessions.metrics().resumed.increment();
        String lastRoom = claim.greeting().hello().getLastRoom();
        boolean isSeatWaiting = session.whereabouts().waitingSeat() != null;
        boolean isSent = sessions.handovers().sendAfter(session);
        // P-106: the client may not have heard that it was, for that has no number.
        boolean isSeatGivenUp =
                !lastRoom.isEmpty() && lastRoom.equals(session.whereabouts().lostRoom());
        if (!isSeatWaiting && !isSeatGivenUp && !lastRoom.isEmpty()) {
            // The client left, or was removed, and never received word of it.
            session.send(Wire.left(0, lastRoom));
        }
        session.send(Wire.REPLAYED);
        if (isSeatGivenUp || (isSeatWaiting && !isSent)) {
            sessions.handovers().giveUpSeat(session);
        }
    }

    /** Queued behind all earlier requests to the room: the player may be joining or leaving just now. */
    private void goOnIn(Room room, ResumeClaim claim) {
        Session session = claim.session();
        Hello hello = claim.greeting().hello();
        Connection connection = claim.greeting().connection();
        MoveSlot moves = room.members().moveSlot();
        SessionStage stage = new RoomStage(sessions, session, connection, room, moves);
        Reply reply = reply(claim);
        long told = session.messages().lastEvent();
        room.members().resume(session, connection, moves, lastRoomSeq(room, hello), new Resumption() {
            @Override
            public void accepted() {
                connection.loop().execute(() -> {
                    // In this order: the lane must know of the connection before it can be lost. What the lane then
                    // sends
                    // comes behind this task, and so behind the Welcome.
                    session.inLane(() -> confirm(room, claim, stage, reply, told));
                    greet(claim, stage, reply);
                });
            }

            @Override
            public void refused(Refusal why) {
                session.inLane(() -> {
                    session.tokens().withdraw(reply.token());
                    goOnIf(claim, () -> {
                        if (why == Refusal.NO_SEAT) {
                            // The lane has learnt that the player left.
                            goOn(claim);
                        } else {
                            session.claim(null);
                            startOver(session, claim.greeting());
                        }
                    });
                });
            }
        });
    }

    private void confirm(Room room, ResumeClaim claim, SessionStage stage, Reply reply, long told) {
        Session session = claim.session();
        if (!claim.isCurrent()) {
            session.tokens().withdraw(reply.token());
            room.members().detach(session, claim.greeting().connection());
            claim.greeting().elsewhere();
            return;
        }
        session.goOn(claim, stage, reply.token());
        sessions.metrics().resumed.increment();
        if (session.messages().covers(told)) {
            session.messages().missedAfter(told).forEach(session::send);
        } else {
            claim.greeting().connection().close(ErrorCode.SLOW_CONSUMER, "too much happened during the resume");
        }
    }
}
