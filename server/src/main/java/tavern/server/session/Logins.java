package tavern.server.session;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;
import tavern.server.cache.Players;
import tavern.server.cluster.Node;
import tavern.server.guard.PacedLog;
import tavern.server.room.InventoryPages;
import tavern.server.store.Causes;
import tavern.server.store.PlayerRecord;
import tavern.server.store.ReservedNameException;
import tavern.server.store.Sanction;

/**
 * From Hello to Welcome: who the player is, and whether an old session resumes ({@link Resumes}) or a new one begins.
 * The token is checked on the connection's loop; once the player's name is known, everything runs in the player's lane.
 */
public final class Logins {
    private static final Logger log = LoggerFactory.getLogger(Logins.class);

    /** Programs such as fail2ban read these lines; docs/OPS.md describes their format. */
    private static final PacedLog refusals = PacedLog.perSecond(log);

    /** A record that changed while it was loaded is loaded again. */
    private static final int LOADS_MAX = 3;

    private static final long ARRIVING_RETRY_MILLIS = 300;
    private static final long GUESSED_RETRY_MILLIS = 5_000;

    private final Sessions sessions;
    private final Players players;
    private final Authenticator authenticator;
    private final AuthThrottle throttle;
    private final AuthThrottle guesses;
    private final InstantSource clock;
    private final Welcome welcomeTemplate;
    private final Resumes resumes;

    /**
     * @param guesses counts resume tokens that no server of the realm has made
     * @param welcome the part that is the same for all: limits, rates, versions
     */
    public Logins(
            Sessions sessions,
            Players players,
            Authenticator authenticator,
            AuthThrottle throttle,
            AuthThrottle guesses,
            InstantSource clock,
            Welcome welcome) {
        this.sessions = sessions;
        this.players = players;
        this.authenticator = authenticator;
        this.throttle = throttle;
        this.guesses = guesses;
        this.clock = clock;
        this.welcomeTemplate = welcome;
        this.resumes = new Resumes(sessions, players, this);
    }

    /** Starts the login. On the connection's loop. */
    void login(HandshakeStage stage, Connection connection, int seq, Hello hello) {
        resume(new Greeting(sessions, stage, connection, seq, hello));
    }

    /** Looks for a session to be resumed, on this server or on another one. Safe on any thread. */
    void resume(Greeting greeting) {
        ByteString token = greeting.hello().getResumeToken();
        if (token.isEmpty()) {
            authenticate(greeting);
            return;
        }
        boolean isArriving =
                sessions.arrivals().isArriving(token); // first, since what has arrived is among the sessions
        Session known = sessions.byToken(token);
        if (known != null) {
            known.inLane(() -> resumes.claim(known, greeting));
            return;
        }
        if (isArriving) {
            greeting.busy("the session is just coming from another server", ARRIVING_RETRY_MILLIS);
            return;
        }
        InetAddress address = greeting.connection().address();
        String there = sessions.arrivals().whomToAsk(token);
        if (there == null) {
            authenticate(greeting);
            return;
        }
        if (!guesses.allows(address) && !sessions.isGenuine(token)) {
            // A new session would replace the one that may be there.
            greeting.busy(
                    "too many resume tokens that no server has made; leave it out for a new session",
                    GUESSED_RETRY_MILLIS);
            return;
        }
        sessions.arrivals().ask(there, greeting, new Arrivals.Outcome() {
            @Override
            public void arrived(Session session) {
                resumes.claim(session, greeting);
            }

            @Override
            public void nothing(boolean isForged) {
                if (isForged) {
                    guesses.failed(address, "");
                }
                // Checking a token is no work for a thread of the store.
                greeting.connection().loop().execute(() -> authenticate(greeting));
            }
        });
    }

    /** No session resumes: the login token decides. Safe on any thread. */
    void authenticate(Greeting greeting) {
        Connection connection = greeting.connection();
        String token = greeting.hello().getToken();
        if (!throttle.allows(connection.address())) {
            refuse(greeting, ErrorCode.AUTH_THROTTLED, "too many failed logins");
            return;
        }
        try {
            Proof proof = authenticator.prove(token);
            throttle.succeeded(connection.address(), proof.player());
            EventExecutor lane = sessions.laneOf(proof.player());
            lane.execute(() -> load(greeting, proof, lane, 1));
        } catch (AuthException e) {
            failed(greeting, e);
        }
    }

    private void failed(Greeting greeting, AuthException why) {
        InetAddress address = greeting.connection().address();
        String claimed = authenticator.claimedName(greeting.hello().getToken());
        boolean mayTryAgain = throttle.failed(address, claimed);
        refuse(
                greeting,
                mayTryAgain ? ErrorCode.AUTH_FAILED : ErrorCode.AUTH_THROTTLED,
                String.valueOf(why.getMessage()));
    }

    /** @param why for the log; the client does not get it, so that nobody can probe tokens */
    private void refuse(Greeting greeting, ErrorCode code, String why) {
        sessions.metrics().refusedLogins.increment();
        refusals.warn(
                "login refused from {}: {}", greeting.connection().address().getHostAddress(), why);
        String text = code == ErrorCode.AUTH_FAILED
                ? "the token was not accepted"
                : "too many failed logins; try again in a minute";
        greeting.refuse(code, text);
    }

    // ---- in the player's lane ----

    private void load(Greeting greeting, Proof proof, EventExecutor lane, int loads) {
        players.open(proof.player())
                .whenCompleteAsync(
                        (record, failure) -> {
                            if (failure != null && Causes.of(failure) instanceof ReservedNameException reserved) {
                                greeting.refuse(ErrorCode.BANNED, String.valueOf(reserved.getMessage()));
                            } else if (failure != null) {
                                greeting.unavailable(failure);
                            } else {
                                loaded(greeting, proof, lane, record, loads);
                            }
                        },
                        lane);
    }

    private void loaded(Greeting greeting, Proof proof, EventExecutor lane, PlayerRecord loaded, int loads) {
        // A ban or a grant may have come after the record was read; without an outage only the record known now counts.
        PlayerRecord known = players.known(proof.player());
        if (known == null && loads < LOADS_MAX) {
            load(greeting, proof, lane, loads + 1);
        } else {
            letIn(greeting, proof, known == null ? loaded : known, lane);
        }
    }

    private void letIn(Greeting greeting, Proof proof, PlayerRecord record, EventExecutor lane) {
        if (!greeting.connection().isOpen() || !mayComeIn(greeting, record)) {
            return;
        }
        RealmSessions realm = sessions.realm();
        if (realm.isAlone()) {
            begin(greeting, proof, record, 0);
            return;
        }
        realm.arrive(record.player().id())
                .whenCompleteAsync(
                        (login, failure) -> {
                            if (failure != null) {
                                realm.arrived(record.player().id());
                                greeting.unavailable(failure);
                            } else {
                                arrived(greeting, proof, record, login);
                            }
                        },
                        lane);
    }

    /** The player's earlier sessions on other servers end now. What had to be checked may have changed meanwhile. */
    private void arrived(Greeting greeting, Proof proof, PlayerRecord loaded, long login) {
        PlayerRecord known = players.known(proof.player());
        PlayerRecord record = known == null ? loaded : known;
        if (!greeting.connection().isOpen() || !mayComeIn(greeting, record) || !begin(greeting, proof, record, login)) {
            sessions.notBegun(record.player().id(), login);
        }
    }

    private boolean mayComeIn(Greeting greeting, PlayerRecord record) {
        if (record.bannedUntilMillis() > clock.millis()) {
            greeting.refuse(ErrorCode.BANNED, record.sanction(Sanction.Kind.BAN).words());
            return false;
        }
        Node other = sessions.sendsOn(record.player().id());
        if (other != null) {
            sessions.metrics().sentOn.increment();
            greeting.sendOn(other);
            return false;
        }
        if (sessions.isFullFor(record.player().id())) {
            greeting.refuse(ErrorCode.SERVER_FULL, "as many players as limits.sessions-max allows are here");
            return false;
        }
        return true;
    }

    /** @return false when the token was used for another login meanwhile; the client has been told */
    private boolean begin(Greeting greeting, Proof proof, PlayerRecord record, long login) {
        try {
            authenticator.use(proof);
        } catch (AuthException e) {
            failed(greeting, e);
            return false;
        }
        Connection connection = greeting.connection();
        Session session = sessions.begin(record, greeting.seq(), login);
        if (sessions.realm().arrived(record.player().id()) > login) {
            sessions.endInLane(session, ErrorCode.OK, "the player has logged in elsewhere meanwhile");
            greeting.elsewhere();
            return true;
        }
        ByteString token = sessions.freshToken();
        session.begin(
                connection,
                welcome(session, greeting.seq(), token, null),
                new InventoryPages(0, record.inventory(), connection.frameBytesMax()),
                token);
        // From now on the player is present and gets changes; a change just before that shows in the record.
        if (!record.isSameAs(players.known(proof.player()))) {
            players.reread(record.player());
        }
        return true;
    }

    /** @param lastClientSeq of a session that resumes, or null for a new one */
    ServerMessage welcome(Session session, int seq, ByteString token, @Nullable Integer lastClientSeq) {
        Welcome.Builder welcome = welcomeTemplate.toBuilder()
                .setPlayer(session.player().name())
                .setPlayerId(session.player().id().value())
                .setSession(session.id())
                .setResumeToken(token)
                .setResumed(lastClientSeq != null)
                .setLastClientSeq(lastClientSeq == null ? 0 : lastClientSeq)
                .setProtocolVersion(Protocol.VERSION_MAX)
                .setServerTimeMs(sessions.wallMillis());
        return ServerMessage.newBuilder().setReplyTo(seq).setWelcome(welcome).build();
    }
}
