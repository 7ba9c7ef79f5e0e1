package tavern.server.session;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.Draining;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.cache.PresentPlayers;
import tavern.server.game.Action;
import tavern.server.game.GameSettings;
import tavern.server.game.GoodsChange;
import tavern.server.game.WordFilter;
import tavern.server.guard.ReplayBudget;
import tavern.server.room.PlayerDirectory;
import tavern.server.room.Room;
import tavern.server.room.RoomServices;
import tavern.server.room.Rooms;
import tavern.server.room.Wire;
import tavern.server.session.RateLimiter.Kind;
import tavern.server.store.FreezeStore;
import tavern.server.store.PlayerRecord;
import tavern.server.store.PresenceStore;
import tavern.server.store.Sanction;
import tavern.server.time.Clocks;

/** All sessions of this server, at most one for each player. Safe on any thread, except where stated otherwise. */
public final class Sessions implements PlayerDirectory, PresentPlayers, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private static final int TOKEN_BYTES = 16;
    private static final String REPLACED = "the same player logged in elsewhere";

    private final String node;
    private final SessionSettings settings;
    private final GameSettings game;
    private final Players players;
    private final Clocks clocks;
    private final ReplayBudget replay;
    private final SessionMetrics metrics;
    private final Lanes lanes;
    private final Rooms rooms;
    private final Joins joins;
    private final Leaderboards leaderboards;
    private final PastTrades pastTrades;
    private final Whispers whispers;
    private final Journal journal;
    private final Freezes freezes;
    private final Moderation moderation;
    private final RealmSessions realm;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong ids = new AtomicLong();

    private final ConcurrentMap<PlayerId, Session> byPlayer = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Session> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<ByteString, Session> byToken = new ConcurrentHashMap<>();

    /**
     * Creates the rooms too, which reach players through this.
     *
     * @param node after which sessions are named
     * @param uncounted by limits
     * @param presence null unless other servers share the realm
     */
    public Sessions(
            String node,
            SessionSettings settings,
            RoomServices services,
            FreezeStore freezeStore,
            @Nullable PresenceStore presence,
            AddressBlocks uncounted,
            WordFilter filter,
            SessionMetrics metrics) {
        this.node = node;
        this.settings = settings;
        this.game = services.game();
        this.players = services.players();
        this.clocks = services.clocks();
        this.replay = services.replay();
        this.metrics = metrics;
        this.lanes = new Lanes(services.network());
        this.rooms = new Rooms(services, this);
        this.freezes = new Freezes(freezeStore, clocks.monotonic());
        this.joins = new Joins(rooms, players, services.memory(), services.accounts(), freezes, uncounted);
        this.leaderboards = new Leaderboards(services.games());
        this.pastTrades = new PastTrades(services.accounts(), rooms.settling());
        this.journal = new Journal(clocks.wall());
        this.realm = new RealmSessions(node, presence, here(), this::asked);
        this.whispers = new Whispers(game.chatCharactersMax(), filter, clocks.wall(), this, journal);
        this.moderation = new Moderation(this);
    }

    public Rooms rooms() {
        return rooms;
    }

    /** The kill switches of operators. */
    public Freezes freezes() {
        return freezes;
    }

    /** The operators' commands on players. */
    public Moderation moderation() {
        return moderation;
    }

    /** Recent events of players. */
    public Journal journal() {
        return journal;
    }

    List<Session> present() {
        return List.copyOf(byPlayer.values());
    }

    @Nullable
    Session byName(String player) {
        return byName.get(player);
    }

    public int size() {
        return byPlayer.size();
    }

    int resumeSeconds() {
        return settings.resumeSeconds();
    }

    EventExecutor laneOf(String player) {
        return lanes.of(player);
    }

    ResumeTokens tokensOf(Session session) {
        return new ResumeTokens(session, byToken);
    }

    // ---- the realm's other servers ----

    RealmSessions realm() {
        return realm;
    }

    private RealmSessions.Here here() {
        return new RealmSessions.Here() {
            @Override
            public Map<PlayerId, Long> logins() {
                Map<PlayerId, Long> logins = new HashMap<>();
                byPlayer.forEach((player, session) -> logins.put(player, session.login()));
                return logins;
            }

            @Override
            public void endOlderThan(PlayerId player, long login) {
                Session session = byPlayer.get(player);
                if (session != null && session.login() < login) {
                    metrics.replaced.increment();
                    end(session, ErrorCode.SESSION_REPLACED, REPLACED);
                }
            }
        };
    }

    /** Asks the server on which the player is, if there is one; completes with false if there is none. */
    CompletionStage<Boolean> askElsewhere(String player, List<String> words) {
        if (realm.isAlone()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletionStage<Optional<String>> other = playerId(player)
                .thenCompose(id ->
                        id.map(realm::elsewhere).orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
        return other.thenCompose(node ->
                node.map(there -> realm.ask(there, words)).orElseGet(() -> CompletableFuture.completedFuture(false)));
    }

    /** Another server asks for a player who is here. */
    private CompletionStage<Boolean> asked(List<String> words) {
        return switch (words.get(0)) {
            case Whispers.QUESTION -> whispers.asked(words);
            case Moderation.QUESTION -> moderation.asked(words);
            default -> CompletableFuture.completedFuture(false); // of a newer version
        };
    }

    // ---- in the player's lane ----

    boolean isFullFor(PlayerId player) {
        return byPlayer.size() >= settings.sessionsMax() && !byPlayer.containsKey(player);
    }

    /** Begins a new session for the player; an existing one is replaced. @param login its number in the realm */
    Session begin(PlayerRecord record, int helloSeq, long login) {
        Session earlier = byPlayer.get(record.player().id());
        if (earlier != null) {
            metrics.replaced.increment();
            endInLane(earlier, ErrorCode.SESSION_REPLACED, REPLACED);
        }
        String name = record.player().name();
        // The id contains the node, since the logs of all nodes may be read together.
        String id = node + "/" + name + "#" + ids.incrementAndGet();
        Session session = new Session(
                this,
                lanes.of(name),
                record.player(),
                id,
                new PersonalLog(
                        settings.replayEventsMax(),
                        settings.replayBytesMax(),
                        TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                        replay.share(),
                        clocks.monotonic()),
                new SessionInbox(new RateLimiter(settings, clocks.monotonic().millis()), helloSeq),
                login);
        session.mute(record.mutedUntilMillis());
        byPlayer.put(record.player().id(), session);
        byName.put(name, session);
        metrics.logins.increment();
        return session;
    }

    /** A login has come to nothing after the realm was told of it. */
    void notBegun(PlayerId player, long login) {
        Session earlier = byPlayer.get(player);
        if (earlier == null) {
            realm.departed(player, login);
        } else {
            earlier.login(login);
        }
        if (realm.arrived(player) > login && earlier != null) {
            metrics.replaced.increment();
            endInLane(earlier, ErrorCode.SESSION_REPLACED, REPLACED);
        }
    }

    void endInLane(Session session, ErrorCode code, String text) {
        ResumeClaim claim = session.claim();
        if (session.isEnded()) {
            return;
        }
        // First, so that a client whose connection is closed by this finds its place free.
        byPlayer.remove(session.player().id(), session);
        byName.remove(session.player().name(), session);
        session.end(code, text);
        realm.departed(session.player().id(), session.login());
        if (claim != null && code != ErrorCode.OK) {
            session.claim(null);
            claim.greeting().connection().close(code, text);
        }
        session.note(Journal.What.DISCONNECTED, code == ErrorCode.OK ? text : code + ": " + text);
        log.debug("session {} ended: {} {}", session.id(), code, text);
    }

    /** The session was not resumed in time. */
    void expire(Session session) {
        if (!session.isEnded() && session.connection() == null) {
            metrics.expired.increment();
            endInLane(session, ErrorCode.OK, "nobody resumed it");
        }
    }

    // ---- any thread ----

    /** 128 random bits that nobody can guess. */
    ByteString freshToken() {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return ByteString.copyFrom(token);
    }

    @Nullable
    Session byToken(ByteString token) {
        return byToken.get(token);
    }

    /** Ends the session for good: it cannot be resumed, and its seat is given up. */
    void end(Session session, ErrorCode code, String text) {
        session.inLane(() -> endInLane(session, code, text));
    }

    /** P-24: the session is over before the client can see that its connection is closed. */
    void bye(Session session, Connection connection) {
        session.inLane(() -> {
            endInLane(session, ErrorCode.OK, "the player said goodbye");
            connection.loop().execute(connection::closeQuietly);
        });
    }

    /** The connection is gone; the session waits for another. */
    void lost(Session session, Connection connection) {
        session.inLane(() -> {
            if (session.detach(connection)) {
                session.note(Journal.What.DISCONNECTED, "the connection is lost; it may be resumed");
            }
        });
    }

    /** The player's number, or null when not present. */
    @Nullable
    PlayerId presentId(String name) {
        Session session = byName.get(name);
        return session == null ? null : session.player().id();
    }

    /** The player's number, present or not; empty when there never was such a player. */
    CompletionStage<Optional<PlayerId>> playerId(String name) {
        PlayerId present = presentId(name);
        return present != null
                ? CompletableFuture.completedFuture(Optional.of(present))
                : players.find(name)
                        .thenApply(found -> found.map(record -> record.player().id()));
    }

    /** Returns 0, or the milliseconds to wait. */
    long tryTake(Session session, Kind kind) {
        return session.inbox().limiter().tryTake(kind, clocks.monotonic().millis());
    }

    boolean refusedTooOften(Session session) {
        metrics.rateLimited.increment();
        return session.inbox().limiter().refused(clocks.monotonic().millis());
    }

    /** The date, milliseconds since 1970. */
    long wallMillis() {
        return clocks.wall().millis();
    }

    Players players() {
        return players;
    }

    Leaderboards leaderboards() {
        return leaderboards;
    }

    Joins joins() {
        return joins;
    }

    /** As {@link Session#action}, for a request that came before there was a session. */
    String hello(Connection connection, int seq) {
        return node + "/" + connection.address().getHostAddress() + "." + Integer.toUnsignedString(seq);
    }

    PastTrades pastTrades() {
        return pastTrades;
    }

    Whispers whispers() {
        return whispers;
    }

    SessionMetrics metrics() {
        return metrics;
    }

    int tradeEntriesMax() {
        return game.tradeEntriesMax();
    }

    // ---- PlayerDirectory ----

    @Override
    public void deliver(PlayerId player, ServerMessage.Builder message) {
        Session session = byPlayer.get(player);
        if (session != null) {
            session.deliver(message);
        }
    }

    @Override
    public void goodsChanged(PlayerId player, GoodsChange change, @Nullable Room teller, String reason) {
        Session session = byPlayer.get(player);
        if (session != null) {
            session.inLane(() -> {
                Room room = session.room();
                if (room == null || room != teller) {
                    if (room != null) {
                        room.act(new Action.GoodsChanged(player, change));
                    }
                    session.number(Wire.goodsChanged(change, reason));
                }
            });
        }
    }

    // ---- PresentPlayers ----

    @Override
    public Collection<Player> all() {
        return byPlayer.values().stream().map(Session::player).toList();
    }

    @Override
    public @Nullable Player find(PlayerId player) {
        Session session = byPlayer.get(player);
        return session == null ? null : session.player();
    }

    @Override
    public void changed(PlayerRecord now) {
        Session session = byPlayer.get(now.player().id());
        if (session != null) {
            session.inLane(() -> changed(session, now));
        }
    }

    private void changed(Session session, PlayerRecord now) {
        if (session.isEnded()) {
            return;
        }
        if (now.bannedUntilMillis() > wallMillis()) {
            endInLane(session, ErrorCode.BANNED, now.sanction(Sanction.Kind.BAN).words());
            return;
        }
        Room room = session.room();
        if (session.mute(now.mutedUntilMillis()) && room != null) {
            room.act(new Action.Muted(now.player().id(), now.mutedUntilMillis()));
        }
        if (room != null) {
            room.act(new Action.InventoryRead(now.player().id(), now.inventory()));
        }
        session.number(Wire.inventoryRead(now.inventory().version(), "elsewhere"));
    }

    @Override
    public void announced(String text) {
        moderation.announce(text);
    }

    /** Tells everybody that the server is about to stop. */
    public void announceDraining(long deadlineMillis) {
        ServerMessage draining = ServerMessage.newBuilder()
                .setDraining(Draining.newBuilder().setDeadlineMs((int) deadlineMillis))
                .build();
        byPlayer.values().forEach(session -> session.answer(draining));
    }

    /** The server is gone: other servers are not asked about players any more. */
    @Override
    public void close() {
        realm.close();
    }

    /** Ends all sessions. */
    public void endAll(ErrorCode code, String text) {
        byPlayer.values().forEach(session -> end(session, code, text));
    }
}
