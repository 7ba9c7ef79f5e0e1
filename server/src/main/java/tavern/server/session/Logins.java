package tavern.server.session;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;
import tavern.server.cache.Players;
import tavern.server.room.MoveSlot;
import tavern.server.room.Resumption;
import tavern.server.room.Room;
import tavern.server.room.Wire;
import tavern.server.store.Causes;
import tavern.server.store.PlayerRecord;

/** From Hello to Welcome: who is it, and does an old session go on or a new one begin. */
public final class Logins {
    private static final Logger log = LoggerFactory.getLogger(Logins.class);

    private final Sessions sessions;
    private final Players players;
    private final Authenticator authenticator;
    private final AuthThrottle throttle;
    private final InstantSource clock;
    private final Welcome welcomeTemplate;

    /** @param welcome what is the same for all: limits, rates, versions */
    public Logins(
            Sessions sessions,
            Players players,
            Authenticator authenticator,
            AuthThrottle throttle,
            InstantSource clock,
            Welcome welcome) {
        this.sessions = sessions;
        this.players = players;
        this.authenticator = authenticator;
        this.throttle = throttle;
        this.clock = clock;
        this.welcomeTemplate = welcome;
    }

    /** On the connection's loop. */
    void login(HandshakeStage stage, Connection connection, int seq, Hello hello) {
        Greeting greeting = new Greeting(sessions, stage, connection, seq, hello);
        Session known = hello.getResumeToken().isEmpty() ? null : sessions.byToken(hello.getResumeToken());
        if (known != null) {
            stage.resuming(known);
            resume(known, greeting);
        } else {
            authenticate(greeting);
        }
    }

    /** A Hello on its way to a Welcome. */
    private record Greeting(Sessions sessions, HandshakeStage stage, Connection connection, int seq, Hello hello) {
        void unavailable(Throwable failure) {
            connection.send(Failure.answer(seq, () -> sessions.hello(connection, seq), Causes.of(failure)));
            connection.loop().execute(stage::again);
        }
    }

    private void authenticate(Greeting greeting) {
        Connection connection = greeting.connection();
        Hello hello = greeting.hello();
        String claimed = authenticator.claimedName(hello.getToken());
        if (!throttle.allows(connection.address(), claimed)) {
            sessions.metrics().refusedLogins.increment();
            connection.close(ErrorCode.AUTH_THROTTLED, "too many failed logins; try again in a minute");
            return;
        }
        String name;
        try {
            name = authenticator.playerName(hello.getToken());
        } catch (AuthException e) {
            sessions.metrics().refusedLogins.increment();
            throttle.failed(connection.address(), claimed);
            log.debug("login from {} refused: {}", connection.address(), e.getMessage());
            connection.close(ErrorCode.AUTH_FAILED, "the token was not accepted");
            return;
        }
        throttle.succeeded(name);
        players.open(name)
                .whenComplete((player, failure) -> connection.loop().execute(() -> {
                    if (failure != null) {
                        greeting.unavailable(failure);
                    } else if (connection.isOpen()) {
                        welcome(player, connection, greeting.seq());
                    }
                }));
    }

    /** On the connection's loop, which alone can close it: it cannot be lost meanwhile. */
    private void welcome(PlayerRecord player, Connection connection, int seq) {
        if (player.bannedUntilMillis() > clock.millis()) {
            connection.close(ErrorCode.BANNED, banned(player));
            return;
        }
        Session session = sessions.begin(player, seq);
        if (session == null) {
            connection.close(ErrorCode.SERVER_FULL, "as many players as limits.sessions-max allows are here");
            return;
        }
        ByteString token = sessions.freshToken();
        sessions.register(token, session);
        ServerMessage message = message(session, player, seq, token, false);
        Stage lobby = new LobbyStage(sessions, session, connection);
        if (session.attach(connection, lobby, message, 0, null, token, 0) != Session.Attached.DONE) {
            sessions.forget(token);
            connection.close(ErrorCode.SESSION_REPLACED, "the same player logged in elsewhere");
        }
    }

    static String banned(PlayerRecord player) {
        String until = "banned until " + Instant.ofEpochMilli(player.bannedUntilMillis());
        return until + (player.banReason().isEmpty() ? "" : ": " + player.banReason());
    }

    private void resume(Session session, Greeting greeting) {
        if (!session.covers(greeting.hello().getLastSessionSeq()) || !session.canTakeSeq(greeting.seq())) {
            startOver(session, greeting);
            return;
        }
        Session.Resuming resuming = session.beginResume();
        Connection previous = resuming.previous();
        if (previous == null) {
            load(session, greeting, resuming.attempt());
            return;
        }
        previous.closeQuietly();
        Room room = session.room();
        if (room != null) {
            room.detach(session, previous);
        }
        // Behind the closing: what the old connection still brought counts in last_client_seq, and no more comes.
        previous.loop().execute(() -> load(session, greeting, resuming.attempt()));
    }

    private void load(Session session, Greeting greeting, int attempt) {
        players.open(session.player().name()).whenComplete((player, failure) -> {
            if (failure != null) {
                greeting.unavailable(failure);
                sessions.expireLater(session, greeting.connection(), session.connections());
            } else {
                resume(session, player, greeting, attempt);
            }
        });
    }

    private void resume(Session session, PlayerRecord player, Greeting greeting, int attempt) {
        Connection connection = greeting.connection();
        String lastRoom = greeting.hello().getLastRoom();
        Room room = session.room();
        if (room == null) {
            if (!goOn(session, player, greeting, attempt, new LobbyStage(sessions, session, connection))) {
                return;
            }
            Room joined = session.room();
            if (joined != null) {
                // A join that was under way was done after the look above, and found no connection.
                catchUp(session, connection, joined);
            } else if (!lastRoom.isEmpty()) {
                // The client left, or was sent away, and never heard of it.
                ServerMessage left = Wire.left(0, lastRoom);
                // As a task, behind the welcome.
                connection.post(left);
            }
            return;
        }
        long lastRoomSeq = room.id().name().equals(lastRoom) ? greeting.hello().getLastRoomSeq() : -1;
        MoveSlot moves = room.moveSlot();
        room.resume(session, connection, moves, lastRoomSeq, new Resumption() {
            @Override
            public boolean welcome() {
                return goOn(
                        session, player, greeting, attempt, new RoomStage(sessions, session, connection, room, moves));
            }

            @Override
            public void refused() {
                connection.loop().execute(() -> startOver(session, greeting));
            }
        });
    }

    /** Gives a seat that was taken while the connection was lost its connection, and the client its {@code Joined}. */
    private void catchUp(Session session, Connection connection, Room room) {
        MoveSlot moves = room.moveSlot();
        room.resume(session, connection, moves, -1, new Resumption() {
            @Override
            public boolean welcome() {
                Stage stage = new RoomStage(sessions, session, connection, room, moves);
                connection.loop().execute(() -> connection.become(stage));
                return true;
            }

            @Override
            public void refused() {
                log.debug("session {} left {} again", session.id(), room.id());
            }
        });
    }

    /** The session goes on over this connection. @return whether it does */
    private boolean goOn(Session session, PlayerRecord player, Greeting greeting, int attempt, Stage stage) {
        Connection connection = greeting.connection();
        ByteString token = sessions.freshToken();
        sessions.register(token, session);
        ServerMessage message = message(session, player, greeting.seq(), token, true);
        session.takeSeq(greeting.seq());
        Session.Attached attached = session.attach(
                connection,
                stage,
                message,
                greeting.hello().getLastSessionSeq(),
                greeting.hello().getResumeToken(),
                token,
                attempt);
        if (attached != Session.Attached.DONE) {
            sessions.forget(token);
            if (attached == Session.Attached.TOO_LATE) {
                connection.loop().execute(() -> startOver(session, greeting));
            } else {
                String text = "the session ended or went on elsewhere meanwhile";
                connection.loop().execute(() -> connection.close(ErrorCode.SESSION_REPLACED, text));
            }
            return false;
        }
        sessions.metrics().resumed.increment();
        if (!connection.isOpen()) {
            lost(session, connection);
            return false;
        }
        return true;
    }

    /** P-20: what was missed cannot be told exactly, so the old session ends and a new one begins. */
    private void startOver(Session session, Greeting greeting) {
        sessions.end(session, ErrorCode.SESSION_REPLACED, "could not be resumed");
        authenticate(greeting);
    }

    void lost(Session session, Connection connection) {
        sessions.lost(session, connection);
    }

    private ServerMessage message(Session session, PlayerRecord player, int seq, ByteString token, boolean resumed) {
        Welcome.Builder welcome = welcomeTemplate.toBuilder()
                .setPlayer(session.player().name())
                .setPlayerId(session.player().id().value())
                .setSession(session.id())
                .setResumeToken(token)
                .setResumed(resumed)
                .setLastClientSeq(resumed ? session.lastClientSeq() : 0)
                .setProtocolVersion(Protocol.VERSION_MAX)
                .setInventory(Wire.inventory(player.inventory()));
        return ServerMessage.newBuilder().setReplyTo(seq).setWelcome(welcome).build();
    }
}
