package tavern.server.session;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
import tavern.protocol.v1.Draining;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.cache.PresentPlayers;
import tavern.server.game.Action;
import tavern.server.game.GameSettings;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.WordFilter;
import tavern.server.room.PlayerDirectory;
import tavern.server.room.Room;
import tavern.server.room.RoomServices;
import tavern.server.room.Rooms;
import tavern.server.room.Wire;
import tavern.server.session.RateLimiter.Kind;
import tavern.server.store.PlayerRecord;

/** All sessions of this server: one for each player at the most. Any thread, but where it says otherwise. */
public final class Sessions implements PlayerDirectory, PresentPlayers {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private static final int TOKEN_BYTES = 16;

    private final String node;
    private final SessionSettings settings;
    private final GameSettings game;
    private final Players players;
    private final InstantSource clock;
    private final SessionMetrics metrics;
    private final Rooms rooms;
    private final Joins joins;
    private final Whispers whispers;
    private final Journal journal;
    private final Freezes freezes;
    private final Moderation moderation = new Moderation(this);
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong ids = new AtomicLong();

    private final ConcurrentMap<PlayerId, Session> byPlayer = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Session> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<ByteString, Session> byToken = new ConcurrentHashMap<>();

    /** Opens the rooms too, which speak to players through this. @param node that sessions are named after */
    public Sessions(
            String node, SessionSettings settings, RoomServices services, WordFilter filter, SessionMetrics metrics) {
        this.node = node;
        this.settings = settings;
        this.game = services.game();
        this.players = services.players();
        this.clock = services.clock();
        this.metrics = metrics;
        this.rooms = new Rooms(services, this);
        this.freezes = new Freezes(services.store(), services.clock());
        this.joins = new Joins(rooms, players, services.store(), freezes);
        this.journal = new Journal(clock);
        this.whispers = new Whispers(game.chatCharactersMax(), filter, clock, byName::get, journal);
    }

    public Rooms rooms() {
        return rooms;
    }

    /** What operators have stopped. */
    public Freezes freezes() {
        return freezes;
    }

    /** What operators can do to players. */
    public Moderation moderation() {
        return moderation;
    }

    /** What players did lately. */
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

    /** A new session for the player; one that there was is replaced. Null: the server is full. */
    @Nullable
    Session begin(PlayerRecord record, int helloSeq) {
        if (byPlayer.size() >= settings.sessionsMax()
                && !byPlayer.containsKey(record.player().id())) {
            return null;
        }
        // Of the node too: the logs of all of them may be read together.
        String id = node + "/" + record.player().name() + "#" + ids.incrementAndGet();
        Session session = new Session(
                this,
                record.player(),
                id,
                new PersonalLog(settings.replayEventsMax(), settings.replayBytesMax()),
                new RateLimiter(settings, clock.millis()),
                clock.millis(),
                record.mutedUntilMillis());
        session.takeSeq(helloSeq);
        Session replaced = enter(session);
        if (replaced != null) {
            metrics.replaced.increment();
            end(replaced, ErrorCode.SESSION_REPLACED, "the same player logged in elsewhere");
        }
        metrics.logins.increment();
        return session;
    }

    private @Nullable Session enter(Session session) {
        Session[] replaced = new Session[1];
        byPlayer.compute(session.player().id(), (id, earlier) -> {
            replaced[0] = earlier;
            byName.put(session.player().name(), session);
            return session;
        });
        return replaced[0];
    }

    private void exit(Session session) {
        byPlayer.computeIfPresent(session.player().id(), (id, present) -> {
            if (present != session) {
                return present;
            }
            byName.remove(session.player().name());
            return null;
        });
    }

    /** 128 bits that nobody can guess. */
    ByteString freshToken() {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return ByteString.copyFrom(token);
    }

    @Nullable
    Session byToken(ByteString token) {
        return byToken.get(token);
    }

    /** The token is good for this session from now on. */
    void register(ByteString token, Session session) {
        byToken.put(token, session);
        if (session.isEnded()) {
            byToken.remove(token);
        }
    }

    /** The token never reached a client. */
    void forget(ByteString token) {
        byToken.remove(token);
    }

    /** Over for good: nobody can resume it, its seat is given up. */
    void end(Session session, ErrorCode code, String text) {
        if (session.end(code, text)) {
            gone(session, code, text);
        }
    }

    private void gone(Session session, ErrorCode code, String text) {
        exit(session);
        session.tokens().forEach(byToken::remove);
        note(session, Journal.What.DISCONNECTED, code == ErrorCode.OK ? text : code + ": " + text);
        log.debug("session {} ended: {} {}", session.id(), code, text);
    }

    private void note(Session session, Journal.What what, String text) {
        Room room = session.room();
        journal.add(session.player().name(), what, room == null ? "" : room.id().name(), text);
    }

    /** On the connection's loop: the client spoke, so it has the newest token. */
    void heard(Session session) {
        ByteString spent = session.settleToken();
        if (spent != null) {
            byToken.remove(spent);
        }
    }

    /** The connection is gone; the session waits for another. */
    void lost(Session session, Connection connection) {
        int attached = session.detach(connection);
        if (attached < 0) {
            return;
        }
        note(session, Journal.What.DISCONNECTED, "the connection is lost; it may be resumed");
        Room room = session.room();
        if (room != null) {
            room.detach(session, connection);
        }
        expireLater(session, connection, attached);
    }

    /** Ends the session unless somebody comes back in time. */
    void expireLater(Session session, Connection connection, int attached) {
        connection
                .loop()
                .schedule(
                        () -> {
                            if (session.expire(attached)) {
                                metrics.expired.increment();
                                gone(session, ErrorCode.OK, "nobody resumed it");
                            }
                        },
                        settings.resumeSeconds(),
                        TimeUnit.SECONDS);
    }

    /** The player's number, whether here or not; empty when there never was such a player. */
    CompletionStage<Optional<PlayerId>> playerId(String name) {
        Session session = byName.get(name);
        return session != null
                ? CompletableFuture.completedFuture(Optional.of(session.player().id()))
                : players.find(name)
                        .thenApply(found -> found.map(record -> record.player().id()));
    }

    boolean allows(Session session, Kind kind) {
        if (session.limiter().tryTake(kind, clock.millis()) == 0) {
            return true;
        }
        metrics.movesDropped.increment();
        return false;
    }

    /** 0, or the milliseconds to wait. */
    long tryTake(Session session, Kind kind) {
        return session.limiter().tryTake(kind, clock.millis());
    }

    boolean refusedTooOften(Session session) {
        metrics.rateLimited.increment();
        return session.limiter().refused(clock.millis());
    }

    Joins joins() {
        return joins;
    }

    /** As {@link Session#action}, of a request that came before there was a session. */
    String hello(Connection connection, int seq) {
        return node + "/" + connection.address().getHostAddress() + "." + Integer.toUnsignedString(seq);
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
    public void inventoryChanged(PlayerId player, Inventory inventory, @Nullable Room teller) {
        Session session = byPlayer.get(player);
        if (session != null && (teller == null || session.room() != teller)) {
            tellInventory(session, inventory, "trade");
        }
    }

    private static void tellInventory(Session session, Inventory inventory, String reason) {
        Room room = session.room();
        if (room != null) {
            room.act(new Action.InventoryChanged(session.player().id(), inventory));
        }
        session.deliver(ServerMessage.newBuilder()
                .setInventoryChanged(InventoryChanged.newBuilder()
                        .setInventory(Wire.inventory(inventory))
                        .setReason(reason)));
    }

    // ---- PresentPlayers ----

    @Override
    public Collection<Player> all() {
        return byPlayer.values().stream().map(Session::player).toList();
    }

    @Override
    public boolean isHere(PlayerId player) {
        return byPlayer.containsKey(player);
    }

    @Override
    public void changed(PlayerRecord now) {
        Session session = byPlayer.get(now.player().id());
        if (session == null) {
            return;
        }
        if (now.bannedUntilMillis() > clock.millis()) {
            end(session, ErrorCode.BANNED, Logins.banned(now));
            return;
        }
        Room room = session.room();
        if (session.mute(now.mutedUntilMillis()) && room != null) {
            room.act(new Action.Muted(now.player().id(), now.mutedUntilMillis()));
        }
        tellInventory(session, now.inventory(), "elsewhere");
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

    /** Ends all sessions. */
    public void endAll(ErrorCode code, String text) {
        new ArrayList<>(byPlayer.values()).forEach(session -> end(session, code, text));
    }
}
