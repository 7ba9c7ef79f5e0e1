package tavern.sim.bots;

import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientListener;
import tavern.client.ClientRoom;
import tavern.client.ConnectionLostException;
import tavern.client.TavernClient;
import tavern.client.TavernException;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;
import tavern.sim.measure.Latencies;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.MoveLog;
import tavern.sim.oracle.MoveOracle;
import tavern.sim.oracle.SightOracle;

/** One simulated player: it stays in its room until told to leave and reconnects when its connection is lost. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class Bot implements ClientListener {
    private static final double CHURNS_PER_SECOND = 0.2;
    private static final int RETRY_MILLIS = 100;
    private static final int RETRY_MILLIS_MAX = 3_000;

    private final String name;
    private final int member;
    private final BotRoom room;
    private final BotLoop home;
    private final boolean churner;
    private final SplittableRandom random;
    private final TavernClient client;
    private final Walk walk;
    private final BotTrader trader;
    private final Beat steps;
    private final Beat chats;
    private final Beat trades;
    private final Beat churns;
    private final BotSettings settings;
    private final Silence silence;
    private final CompletableFuture<Void> entered = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    private @Nullable Inventory first;
    private boolean welcomed;
    private boolean joined;
    private boolean dropping;
    private boolean leaving;
    private boolean suspended;
    private boolean joining;

    /**
     * From a resume until the room tells how it is now: it may be another owner's, and {@link #moves} are those under the owner
     * before.
     */
    private boolean awaitsRoom;

    /** P-81: whether the room's game has told why it is about to put the bot out. */
    private boolean toldWhy;

    /** Connections, and then joins, that came to nothing since the last that did. */
    private int vainConnects;

    private int vainJoins;
    private int server;
    /** Whether the server may yet do what was asked for at {@link #joinNanos}, though its answer was lost. */
    private boolean isAsked;

    private long joinNanos;
    private long fence;
    private @Nullable ClientRoom seen;

    /** The moves in what is seen. */
    private @Nullable MoveOracle moves;

    private int tickHz = 1;

    Bot(BotSettings settings, int index, int member, BotRoom room, BotLoop home) {
        this.settings = settings;
        this.name = settings.botName(index);
        // Those who meet in a room come from all servers.
        this.server = index % settings.rooms() + member;
        this.member = member;
        this.room = room;
        this.home = home;
        this.random = new SplittableRandom(settings.seed() * 1_000_003 + index);
        this.churner = random.nextDouble() < settings.churn();
        this.client = new TavernClient(settings.login(name, server), home.loop(), this);
        this.silence = new Silence(home.tally());
        this.walk = new Walk(settings.moveRate(), random.split());
        this.trader = new BotTrader(this, client, random.split());
        this.steps = Beat.even(settings.moveRate(), random.split());
        this.chats = Beat.poisson(settings.chatRate(), random.split());
        this.trades = Beat.poisson(settings.tradeRate(), random.split());
        this.churns = Beat.poisson(churner ? CHURNS_PER_SECOND : 0, random.split());
    }

    String name() {
        return name;
    }

    int member() {
        return member;
    }

    BotRoom room() {
        return room;
    }

    BotTrader trader() {
        return trader;
    }

    Latencies latencies() {
        return home.latencies();
    }

    boolean isChurner() {
        return churner;
    }

    BotLog log() {
        return home.log();
    }

    /** Whether the bot is in the room, with a live connection. */
    boolean isPresent() {
        return joined && client.isLive();
    }

    /** The room as this bot sees it, or null when the bot is not present. */
    @Nullable
    ClientRoom view() {
        return isPresent() ? client.room() : null;
    }

    /** The visibility rules of this room, or null when everybody sees everybody or the rules are not known. */
    SightOracle.@Nullable Rules sightRules() {
        ClientRoom view = view();
        if (view == null || !view.hasCells()) {
            return null;
        }
        Joined map = view.joined();
        return new SightOracle.Rules(map.getCellSize(), map.getMaxSpeed(), tickHz);
    }

    /** Where the server says this bot is, or null when that is not known. */
    SightOracle.@Nullable Place place() {
        ClientRoom view = view();
        ClientRoom.Entity self = view == null ? null : view.self();
        return view == null || self == null ? null : new SightOracle.Place(member, self.x(), self.y(), view.tick());
    }

    /** This bot's entity id, or 0 when it is in no room. */
    int selfId() {
        ClientRoom view = view();
        return view == null ? 0 : view.joined().getSelf();
    }

    boolean hasInView(int entity) {
        ClientRoom view = view();
        ClientRoom.Entity known = view == null ? null : view.entity(entity);
        return known != null && known.isInView();
    }

    /** Whether the bot is in the room under the owner with this fencing token, perhaps without a connection just now. */
    boolean isUnder(long owner) {
        return seen != null && seen.joined().getFence() == owner;
    }

    boolean isSettled() {
        return entered.isDone()
                && isPresent()
                && !suspended
                && trader.isSettled()
                && moves != null
                && moves.isRestSeen(member);
    }

    /** What this bot owned at its first login, or null when it never logged in. */
    @Nullable
    Inventory first() {
        return first;
    }

    /** Connects and joins. The future completes once the bot is in the room for the first time. */
    CompletableFuture<Void> enter() {
        if (leaving) {
            return entered;
        }
        client.connect().whenComplete((welcome, failure) -> {
            if (leaving) {
                client.bye();
            } else if (failure != null) {
                refused(failure);
                // Whatever is wrong there, another server of the realm may be well.
                tryTheNextServer();
                reconnectLater(failure);
            } else {
                vainConnects = 0;
                if (!joined && first != null) {
                    join();
                }
            }
        });
        return entered;
    }

    private void tryTheNextServer() {
        InetSocketAddress next = settings.address(++server);
        client.moveTo(next.getHostString(), next.getPort());
    }

    private void join() {
        if (joining) {
            return;
        }
        joining = true;
        if (!isAsked) {
            isAsked = true;
            joinNanos = System.nanoTime();
        }
        client.join(room.name()).whenComplete((answer, failure) -> {
            joining = false;
            isAsked = isAsked && failure != null && causeOf(failure) instanceof ConnectionLostException;
            if (answer == null && client.isLive()) {
                refused(failure);
                client.eventLoop().schedule(this::joinAgain, backOff(vainJoins++, failure), TimeUnit.MILLISECONDS);
            }
        });
    }

    private void joinAgain() {
        if (client.isLive() && !joined && !leaving) {
            join();
        }
    }

    private void joined(Joined answer) {
        vainJoins = 0;
        joined = true;
        suspended = false;
        toldWhy = false;
        fence = answer.getFence();
        room.owned(answer.getFence());
        log().note(
                        name,
                        "joined",
                        "room",
                        room.name(),
                        "fence",
                        answer.getFence(),
                        "asked",
                        joinNanos,
                        "at",
                        System.currentTimeMillis());
        isAsked = false;
        room.chat().joined(member, answer.getFence());
        if (entered.complete(null)) {
            home.tally().add(Count.CONNECTED);
        }
    }

    private void reconnectLater(@Nullable Throwable why) {
        client.eventLoop().schedule(this::enter, backOff(vainConnects++, why), TimeUnit.MILLISECONDS);
    }

    /** In milliseconds: twice as long each time, by chance, and not before the server wants it. */
    private int backOff(int vain, @Nullable Throwable why) {
        int most = Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS << Math.min(vain, 10));
        int wait = most / 2 + random.nextInt(most);
        return why != null && causeOf(why) instanceof TavernException no ? Math.max(wait, no.retryAfterMillis()) : wait;
    }

    /** Whatever the bot saw of the room is over: its session has ended, or the room has gone. */
    private void leftRoom(String why) {
        if (joined) {
            log().note(name, "left", "why", why);
        }
        joined = false;
        isAsked = false;
        suspended = false;
        if (seen != null) {
            room.stopWatching(member, seen);
            seen = null;
            moves = null;
        }
        room.chat().sessionLost(member);
        room.trades().sessionLost(member);
    }

    void startLoad(long nowNanos) {
        silence.begin(nowNanos);
        steps.start(nowNanos);
        chats.start(nowNanos);
        trades.start(nowNanos);
        churns.start(nowNanos);
    }

    /**
     * Does everything that is due. Actions that come due without a connection are skipped: they could not have been
     * sent.
     */
    void act(long nowNanos) {
        while (steps.isDue(nowNanos)) {
            move(steps.take());
        }
        while (chats.isDue(nowNanos)) {
            chat(chats.take());
        }
        while (trades.isDue(nowNanos)) {
            trades.take();
            if (mayAct()) {
                trader.offer(nowNanos);
            }
        }
        while (churns.isDue(nowNanos)) {
            churns.take();
            drop();
        }
        trader.chase(nowNanos, !home.isLoading());
    }

    void stopLoad(long nowNanos) {
        silence.end(nowNanos);
    }

    /** Everything is settled, and nothing more is expected. */
    void finish() {
        if (isPresent()) {
            log().note(name, "end");
        }
    }

    private boolean mayAct() {
        return home.isLoading() && isPresent() && !suspended;
    }

    private void move(long dueNanos) {
        ClientRoom view = client.room();
        if (mayAct() && !awaitsRoom && view != null && moves != null) {
            walk.advance(view.timeRate());
            moves.sent(member, client.move(walk.x(), walk.y()), walk.x(), walk.y(), dueNanos);
        }
    }

    private void chat(long dueNanos) {
        if (!mayAct()) {
            return;
        }
        String text = room.chat().sent(member, dueNanos);
        log().note(name, "say", "room", room.name(), "text", text);
        client.chat(text).whenComplete((own, failure) -> {
            if (failure == null) {
                return;
            }
            if (refused(failure) != null) {
                log().note(name, "refused", "text", text);
                room.chat().refused(text);
            } else {
                room.chat().unknown(text);
            }
        });
    }

    /** Cuts the connection; the bot reconnects soon. */
    void drop() {
        if (mayAct() && !dropping) {
            dropping = true;
            home.tally().add(Count.DROPS);
            silence.onPurpose();
            client.close();
        }
    }

    /** Ends the session. The future completes when the connection is closed. */
    CompletableFuture<Void> leave() {
        leaving = true;
        if (client.isLive()) {
            client.bye();
        } else {
            gone.complete(null);
        }
        return gone;
    }

    private static Throwable causeOf(Throwable failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    /** Counts a failure. Returns the server's error code, or null without one: then the outcome is unknown. */
    @Nullable
    ErrorCode refused(Throwable failure) {
        Throwable cause = causeOf(failure);
        if (cause instanceof TavernException no) {
            if (no.code().getNumber() / 100 == 5) {
                home.tally().refusal(no.code().name());
            } else {
                home.tally().error(no.code().name());
            }
            return no.code();
        }
        if (!(cause instanceof ConnectionLostException)) {
            home.tally().error(cause.getClass().getSimpleName());
        }
        return null;
    }

    @Override
    public void onWelcome(Welcome welcome) {
        tickHz = welcome.getTickHz();
        suspended = false; // P-20: said again if it still is
        trader.allow(welcome.getLimits().getOpenOffersMax());
        awaitsRoom = true;
        toldWhy = false;
        if (!welcomed) {
            welcomed = true;
        } else if (welcome.getResumed()) {
            home.tally().add(Count.RESUMES);
            if (moves != null) {
                moves.resumed(member, welcome.getLastClientSeq());
            }
        } else {
            home.tally().add(Count.SESSIONS_LOST);
            leftRoom("session lost");
        }
    }

    /** P-106: here with the session, or with a new one, in which the room has to be joined anew. */
    @Override
    public void onServerChanged(String host, int port) {
        home.tally().add(Count.REDIRECTS);
        awaitsRoom = true;
        toldWhy = false;
        if (!joined && first != null) {
            join();
        }
    }

    /**
     * The session has outlived its seat. The client may be about to take a new one by itself; then this is one more answer. A bot
     * that a game has put out stays out, for it would be put out again and again.
     */
    @Override
    public void onLeft(ClientRoom view) {
        if (joined && toldWhy) {
            leftRoom("put out");
        } else if (joined) {
            leftRoom("seat lost");
            client.eventLoop().schedule(this::joinAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void onRoomFilled(ClientRoom view) {
        silence.heard(System.nanoTime());
        awaitsRoom = false;
        view.entities().forEach(entity -> room.recognise(view, entity));
        ClientRoom.Entity self = view.self();
        Joined map = view.joined();
        if (joined && map.getFence() != fence) {
            // The seat was gone, and the client has taken a new one by itself.
            leftRoom("seat lost");
            joined(map);
        }
        if (seen != null && seen != view) {
            room.stopWatching(member, seen);
        }
        if (self != null && !joined) {
            walk.begin(self.x(), self.y(), map.getMapWidth(), map.getMapHeight(), map.getMaxSpeed());
        }
        seen = view;
        moves = room.moves(view);
        room.startWatching(member, view);
        if (!joined) {
            // Also where the answer to a JoinRoom was lost: after the resume comes Joined without a request (P-23).
            joined(map);
        }
    }

    @Override
    public void onCameIntoView(ClientRoom view, ClientRoom.Entity entity) {
        room.startWatching(member, view, entity, System.nanoTime());
    }

    @Override
    public void onOutOfView(ClientRoom view, ClientRoom.Entity entity) {
        room.stopWatching(member, view, entity);
        if (entity.id() == view.joined().getSelf()) {
            onFault("the player's own entity went out of its view");
        }
    }

    @Override
    public void beforeFullState(ClientRoom view) {
        room.stopWatching(member, view);
    }

    @Override
    public void onMoved(ClientRoom view, ClientRoom.Entity entity, int seqBefore, long nowNanos) {
        silence.heard(nowNanos);
        if (entity.attachment() instanceof MoveLog log) {
            long nanos = room.moves(view).seen(member, log, seqBefore, entity.seq(), entity.x(), entity.y(), nowNanos);
            Latencies.record(home.latencies().move(), nanos);
        } else {
            home.tally().add(Count.FOREIGN);
        }
    }

    @Override
    public void onMoveRejected(int seq, int x, int y) {
        rejected(seq);
        walk.moveTo(x, y);
    }

    private void rejected(int seq) {
        if (moves != null) {
            moves.rejected(member, seq);
        }
    }

    @Override
    public void onPlayerJoined(ClientRoom view, ClientRoom.Entity entity) {
        room.recognise(view, entity);
    }

    @Override
    public void onPlayerLeft(ClientRoom view, PlayerLeft left) {
        MoveLog log = room.logOf(view, left.getPlayer());
        if (log != null) {
            MoveOracle there = room.moves(view);
            there.left(log);
            there.unwatch(member, log);
        }
    }

    @Override
    public void onChat(ChatMessage chat, long roomSeq) {
        long now = System.nanoTime();
        silence.heard(now);
        log().note(
                        name,
                        "heard",
                        "room",
                        room.name(),
                        "from",
                        chat.getPlayer(),
                        "text",
                        chat.getText(),
                        "seq",
                        roomSeq);
        long nanos = room.chat().heard(member, chat.getPlayer(), chat.getText(), roomSeq, now);
        Latencies.record(home.latencies().chat(), nanos);
    }

    @Override
    public void onTradeOffered(TradeOffered offered) {
        trader.onOffered(offered);
    }

    @Override
    public void onTradeResult(TradeResult result) {
        trader.onResult(result);
    }

    @Override
    public void onInventory(Inventory told) {
        // Nobody can trade with the bot before it is in a room, so this is what it owned before its first trade.
        if (first == null) {
            first = told;
            log().note(name, "first", "goods", GoodsWords.of(told));
            join();
        }
    }

    @Override
    public void onError(int seq, Error error) {
        rejected(seq);
        home.tally().error(error.getCode().name());
        if (seq == 0 && error.getCode() == ErrorCode.ROOM_CLOSED) {
            // P-29: the room has gone to another server.
            leftRoom("room closed");
            join();
        } else if (seq == 0 && !Protocol.closesConnection(error.getCode())) {
            toldWhy = true;
        }
    }

    @Override
    public void onOther(ServerMessage message) {
        if (message.hasRoomSuspended()) {
            suspended = true;
        } else if (message.hasRoomResumed()) {
            suspended = false;
        }
    }

    @Override
    public void onGap(boolean ofRoom, long expected, long received) {
        home.tally().add(Count.EVENTS_MISSED, received - expected - 1);
        home.tally()
                .fault(
                        Count.EVENTS_MISSED,
                        name + (ofRoom ? " in the room: " : ": ") + expected + " to " + (received - 1));
    }

    @Override
    public void onRepeat(boolean ofRoom, long received) {
        home.tally().fault(Count.EVENTS_REPEATED, name + (ofRoom ? " in the room: " : ": ") + received);
    }

    @Override
    public void onFault(String what) {
        home.tally().fault(Count.PROTOCOL_FAULTS, name + ": " + what);
    }

    @Override
    public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
        if (seen != null) {
            room.stopWatching(member, seen);
        }
        if (leaving) {
            gone.complete(null);
            return;
        }
        if (dropping) {
            dropping = false;
            client.eventLoop().schedule(this::enter, 50 + random.nextInt(950), TimeUnit.MILLISECONDS);
            return;
        }
        home.tally().add(Count.DISCONNECTS);
        if (error != null) {
            home.tally().error(error.getCode().name());
        } else if (cause != null) {
            home.tally().error(cause.getClass().getSimpleName());
        }
        reconnectLater(null);
    }
}
