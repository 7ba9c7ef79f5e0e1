package tavern.server.session;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.Draining;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.SessionHandover;
import tavern.server.cache.Players;
import tavern.server.cache.PresentPlayers;
import tavern.server.cluster.Directory;
import tavern.server.cluster.Node;
import tavern.server.game.Action;
import tavern.server.game.GameSettings;
import tavern.server.game.GoodsChange;
import tavern.server.game.WordFilter;
import tavern.server.guard.ReplayBudget;
import tavern.server.guard.ReplayLog;
import tavern.server.room.PlayerDirectory;
import tavern.server.room.RealmRooms;
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

    /** Somebody who comes and goes is not followed for ever. */
    private static final int ASKED_HERE_MAX = 5;

    private static final int SECRET_BYTES = 16;

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
    private final ConcurrentMap<String, RealmSessions.Questions> answering = new ConcurrentHashMap<>();
    private final Handovers handovers;
    private final Arrivals arrivals;
    private final Followers followers;
    private final RealmPlayers realmPlayers;
    private volatile @Nullable Directory directory;
    private volatile @Nullable RealmRooms realmRooms;
    private final RemoteSignals signals;
    private final SecureRandom random = new SecureRandom();
    private final @Nullable RealmTokens realmTokens;
    private final AtomicLong ids = new AtomicLong();

    private final ConcurrentMap<PlayerId, Session> byPlayer = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<String, Session> byName = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<ByteString, Session> byToken = new ConcurrentHashMap<>();

    /**
     * Creates the rooms too, which reach players through this.
     *
     * @param node after which sessions are named
     * @param selfNode completes once this server listens
     * @param uncounted by limits
     * @param presence null unless other servers share the realm
     */
    public Sessions(
            String node,
            CompletionStage<Node> selfNode,
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
        this.signals = new RemoteSignals(this);
        this.rooms = new Rooms(services, this, signals);
        this.freezes = new Freezes(freezeStore, clocks.monotonic());
        this.joins = new Joins(rooms, players, services.memory(), services.accounts(), freezes, uncounted);
        this.leaderboards = new Leaderboards(services.games());
        this.pastTrades = new PastTrades(services.accounts(), rooms.settling());
        this.journal = new Journal(clocks.wall());
        this.realm = new RealmSessions(node, presence, here(), this::asked);
        this.realmTokens = presence == null ? null : new RealmTokens(node, presence::tokenKey);
        this.handovers = new Handovers(node, selfNode, this, realm, presence, clocks.monotonic());
        this.arrivals = new Arrivals(node, this, realm, handovers, presence, clocks.monotonic());
        this.followers = new Followers(node, realm, presence, ofRooms());
        this.realmPlayers = new RealmPlayers(node, realm, byName);
        realm.alsoHeardBy(realmPlayers::told);
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

    int sessionsMax() {
        return settings.sessionsMax();
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

    /** From now on, the rooms and places of the realm's other servers count too. */
    public void share(RealmRooms allRooms, Directory nodes) {
        rooms.share(allRooms, nodes);
        realmRooms = allRooms;
        directory = nodes;
    }

    /** The servers of the realm. Once it is known ({@link #share}). */
    public Directory directory() {
        return Objects.requireNonNull(directory);
    }

    /** The rooms of the realm. Once they are known ({@link #share}). */
    public RealmRooms realmRooms() {
        return Objects.requireNonNull(realmRooms);
    }

    /** The players of the realm. */
    public RealmPlayers realmPlayers() {
        return realmPlayers;
    }

    /** P-102: the server to which a new player is sent, if there is one: null as long as there is room here. */
    @Nullable
    Node sendsOn(PlayerId player) {
        Directory nodes = directory;
        return nodes != null && !byPlayer.containsKey(player) && (isFullFor(player) || nodes.isNearlyFull())
                ? otherServer()
                : null;
    }

    /** Another server that takes players; null for none. */
    @Nullable
    Node otherServer() {
        Directory nodes = directory;
        return nodes == null ? null : nodes.placeForPlayer().orElse(null);
    }

    boolean isFull() {
        return byPlayer.size() >= settings.sessionsMax();
    }

    RealmSessions realm() {
        return realm;
    }

    /** Sessions that go to other servers. */
    public Handovers handovers() {
        return handovers;
    }

    Arrivals arrivals() {
        return arrivals;
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
                if (session != null) {
                    session.inLane(() -> replace(session, login));
                }
            }
        };
    }

    /** In the lane. */
    private void replace(Session session, long newer) {
        if (session.login() < newer && !session.isEnded()) {
            if (!session.departure().isUnderWay()) {
                metrics.replaced.increment();
            }
            endInLane(session, ErrorCode.SESSION_REPLACED, REPLACED);
        }
    }

    /**
     * Asks the server on which the player is, who was not here; completes with false if the player is on none. Who comes here
     * meanwhile, or only passes through, is found as well.
     */
    CompletionStage<Boolean> askElsewhere(String player, List<String> words) {
        if (realm.isAlone()) {
            return CompletableFuture.completedFuture(false);
        }
        CompletionStage<Optional<String>> other = playerId(player)
                .thenCompose(id ->
                        id.map(realm::elsewhere).orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
        return other.thenCompose(node -> node.map(there -> realm.ask(there, words))
                        .orElseGet(() -> CompletableFuture.completedFuture(false)))
                .thenCompose(done -> done ? CompletableFuture.completedFuture(true) : asked(words));
    }

    /** Another server, or this one, asks for a player or a room that is here. */
    private CompletionStage<Boolean> asked(List<String> words) {
        return switch (words.get(0)) {
            case HandoverRequest.QUESTION -> handovers.asked(HandoverRequest.of(words));
            case LateMessages.QUESTION -> arrivals.settled().thenCompose(settled -> arrivals.brought(words));
            case Whispers.QUESTION -> here(words.get(2), words, () -> whispers.asked(words));
            case Moderation.QUESTION -> here(words.get(1), words, () -> moderation.asked(words));
            case Followers.QUESTION -> follows(words);
            case RemoteSignals.QUESTION -> signals.asked(words);
            default -> {
                RealmSessions.Questions other = answering.get(words.get(0));
                // Null for one of a newer version.
                yield other == null ? CompletableFuture.completedFuture(false) : other.asked(words);
            }
        };
    }

    @Override
    public CompletionStage<Boolean> isComing(Player player, RoomId room) {
        return followers.isComing(player, room);
    }

    private Followers.Here ofRooms() {
        return new Followers.Here() {
            @Override
            public CompletionStage<Boolean> asked(List<String> words) {
                return follows(words);
            }

            @Override
            public List<PlayerId> some(int max) {
                return byPlayer.keySet().stream().limit(max).toList();
            }

            @Override
            public List<String> others() {
                Directory nodes = directory;
                return nodes == null
                        ? List.of()
                        : nodes.nodes().stream()
                                .filter(other -> !other.gone())
                                .map(other -> other.report().node().id())
                                .filter(other -> !other.equals(node))
                                .toList();
            }
        };
    }

    private CompletionStage<Boolean> follows(List<String> words) {
        return here(words.get(1), words, () -> follows(words.get(1), words.get(2)));
    }

    private CompletionStage<Boolean> follows(String player, String room) {
        Session session = byName.get(player);
        return session == null
                ? CompletableFuture.completedFuture(false)
                : session.askLane(() -> {
                    WaitingSeat seat = session.whereabouts().waitingSeat();
                    return CompletableFuture.completedFuture(!session.isEnded()
                            && seat != null
                            && seat.room().name().equals(room));
                });
    }

    /**
     * Answers a question about a player who may be arriving, or have gone on to another server, or have gone and come back, while
     * it was asked.
     */
    private CompletionStage<Boolean> here(
            String player, List<String> words, Supplier<CompletionStage<Boolean>> answer) {
        return here(player, words, answer, ASKED_HERE_MAX);
    }

    private CompletionStage<Boolean> here(
            String player, List<String> words, Supplier<CompletionStage<Boolean>> answer, int tries) {
        return arrivals.settled().thenCompose(settled -> {
            Session asked = byName.get(player);
            return answer.get().thenCompose(done -> {
                Session now = byName.get(player);
                if (!done && now != null && now != asked && tries > 1) {
                    return here(player, words, answer, tries - 1);
                }
                String there = done || now != null ? null : handovers.whereTo(player);
                return there == null ? CompletableFuture.completedFuture(done) : realm.askIfAlive(there, words);
            });
        });
    }

    /** From now on, other servers' questions that begin with this word are answered so. */
    public void answer(String question, Function<List<String>, CompletionStage<Boolean>> how) {
        answering.put(question, how::apply);
    }

    /**
     * Asks another server of the realm. @return whether it has done what was asked for; fails when it does not answer, after
     * two seconds
     */
    public CompletionStage<Boolean> ask(String other, List<String> words) {
        return realm.ask(other, words);
    }

    // ---- in the player's lane ----

    boolean isFullFor(PlayerId player) {
        return isFull() && !byPlayer.containsKey(player);
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
                personalLog(),
                new SessionInbox(new RateLimiter(settings, clocks.monotonic().millis()), helloSeq),
                login);
        session.mute(record.mutedUntilMillis());
        byPlayer.put(record.player().id(), session);
        byName.put(name, session);
        handovers.isHere(name);
        metrics.logins.increment();
        return session;
    }

    /**
     * Goes on with a session from another server, without a connection.
     *
     * @param id of the hand-over
     * @param login its new number in the realm
     */
    Session adopt(String id, SessionHandover handover, long login) {
        Session earlier = byPlayer.get(new PlayerId(handover.getPlayerId()));
        if (earlier != null) {
            metrics.replaced.increment();
            endInLane(earlier, ErrorCode.SESSION_REPLACED, REPLACED);
        }
        Session session = new Session(
                this,
                lanes.of(handover.getPlayer()),
                id,
                handover,
                personalLog(),
                new RateLimiter(settings, clocks.monotonic().millis()),
                login);
        byPlayer.put(session.player().id(), session);
        byName.put(session.player().name(), session);
        handovers.isHere(session.player().name());
        metrics.tookOver.increment();
        return session;
    }

    private PersonalLog personalLog() {
        ReplayLog log = new ReplayLog(
                settings.replayEventsMax(),
                TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                settings.replayBytesMax(),
                replay.share());
        return new PersonalLog(log, clocks.monotonic());
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
        LateMessages late = session.messages().late();
        if (late != null) {
            handovers.gone(session, late);
        }
        arrivals.ended(session, late);
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

    /** A token that nobody can guess: 128 random bits, or in a realm of several servers one of {@link RealmTokens}. */
    ByteString freshToken() {
        return realmTokens == null ? ByteString.copyFrom(secret()) : realmTokens.fresh(random);
    }

    /** Whether this is a token that a server of the realm has made, which may be gone. */
    boolean isGenuine(ByteString token) {
        return realmTokens != null && realmTokens.isGenuine(token);
    }

    /** As many random bits, as a word. */
    String freshSecret() {
        return HexFormat.of().formatHex(secret());
    }

    private byte[] secret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
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

    /** P-12: tells everybody that the server is about to stop. */
    public void announceDraining(long deadlineMillis) {
        announce(Draining.newBuilder().setDeadlineMs((int) deadlineMillis));
    }

    /** P-109: tells everybody that rooms and players go to other servers before this one stops. */
    public void announceMoving(long deadlineMillis) {
        announce(Draining.newBuilder().setDeadlineMs((int) deadlineMillis).setMoving(true));
    }

    /** P-109: tells everybody that the server does not stop after all. */
    public void announceWithdrawn() {
        announce(Draining.newBuilder().setWithdrawn(true));
    }

    private void announce(Draining.Builder what) {
        ServerMessage draining = ServerMessage.newBuilder().setDraining(what).build();
        byPlayer.values().forEach(session -> session.answer(draining));
    }

    /** The server is gone: other servers are not asked about players any more. */
    @Override
    public void close() {
        realm.close();
    }

    /** Completes when what was told to sessions that have gone to other servers has followed them, or the time is up. */
    public CompletionStage<Void> lateMessagesTold(long millisMax) {
        return handovers.told(millisMax);
    }

    /** Ends all sessions. */
    public void endAll(ErrorCode code, String text) {
        byPlayer.values().forEach(session -> end(session, code, text));
    }
}
