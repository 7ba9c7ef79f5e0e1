package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Lease;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.RoomRules;
import tavern.server.guard.ReplayLog;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.time.MonotonicClock;
import tavern.server.trace.Traces;

/**
 * One room: everything that happens to it happens on its thread, one thing after another.
 *
 * <p>Methods without {@link OnRoomThread} may be called from any thread; they put a task into the mailbox and return.
 */
public final class Room {
    private final RoomId id;
    private final Lease lease;
    private final RoomServices services;
    private final RoomSettings settings;
    private final EventExecutor executor;
    private final RoomThread thread;
    private final RoomLife life;

    private final Mailbox mailbox;
    private final RoomLoop loop;
    private final RoomTicks ticks;
    private final RoomPulse pulse;

    private final Seats seats = new Seats();
    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final GameHost game;
    private final GameDoor gameDoor;
    private final RoomEffects effects;
    private final RoomActions actions;
    private final RoomView view;
    private final RoomDoor door;
    private final RoomMembers members;
    private final PlaceSaves places;
    private final WriteBehind writeBehind;
    private final Tenure tenure;

    private final IdleCheck idle;
    private final RoomEnding ending;
    private final RoomPacker packer;
    private final RoomMove move;
    private final RoomReports reports;

    private volatile RoomInfo info;

    Room(
            RoomId id,
            RoomPlan plan,
            Lease lease,
            RoomServices services,
            PlayerDirectory directory,
            Neighbours neighbours,
            SettlingTrades settling,
            RoomThreads.Host host,
            BooleanSupplier crowded,
            Runnable closed) {
        this.id = id;
        this.lease = lease;
        this.services = services;
        this.settings = services.settings();
        this.executor = host.executor();
        RoomOptions options = plan.options();
        MonotonicClock clock = services.clocks().monotonic();

        // What a room is made of.
        this.thread = new RoomThread("room " + id, executor);
        this.life = new RoomLife(id, closed);
        this.mailbox = new Mailbox(settings.mailboxCapacity());
        ReplayLog events = new ReplayLog(
                settings.replayEventsMax(),
                TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                settings.replayBytesMax(),
                services.replay().share());
        Interest interest = interest(settings.capacityOf(options));
        RuleFailureLog failures = new RuleFailureLog(id, services.metrics());
        this.pulse = new RoomPulse(services.metrics(), host.load());
        int tickEvery = plan.type() == null ? 1 : plan.type().tickEvery();
        RoomTime time = new RoomTime(settings, tickEvery, host.strain(), pulse, seats, interest);

        // The way to the store.
        TradeStoreClient trades = new TradeStoreClient(this, lease.fence(), services, directory, settling);
        this.writeBehind = new WriteBehind(
                id,
                lease.fence(),
                plan.history().lastNumber(),
                services.memory(),
                settings,
                executor,
                host.writes(),
                () -> tenure().mayWrite(),
                () -> {
                    services.metrics().staleWrites.increment();
                    abandon();
                });

        // The rules, and what they show.
        this.effects = new RoomEffects(this, seats, events, interest, directory, trades, services.metrics());
        this.game = game(plan, directory, neighbours, failures, interest);
        RoomRules rules = game.rules();
        this.view = new RoomView(id, plan, lease.fence(), services, seats, snapshots, interest, events, game, time);
        this.tenure = new Tenure(lease, new LeaseChanges(this, seats, interest, writeBehind, trades, game));

        // When it works.
        MoveIntake moves = new MoveIntake(this, seats, rules, effects, failures, settings.movesPerSecond());
        this.places = new PlaceSaves(id, settings.positionFlushMillis(), seats, view, writeBehind);
        RoomStep step = new RoomStep(
                tenure, time, pulse, failures, seats, interest, events, rules, effects, trades, moves, places);
        this.ticks = new RoomTicks(
                thread, clock, tickEvery, life, tenure, time, failures, seats, interest, step, this::showIn);
        this.loop = new RoomLoop(id, mailbox, executor, clock, failures, pulse, ticks);

        // Who comes and goes, and what they do.
        this.actions = new RoomActions(id, thread, life, tenure, ticks, seats, rules, effects, failures);
        this.door = new RoomDoor(
                this,
                settings.capacityOf(options),
                seats,
                interest,
                events,
                view,
                tenure,
                actions,
                moves,
                places,
                game,
                failures);
        AwaitedSeats awaited = new AwaitedSeats(this, executor, directory, life, door);
        this.members = new RoomMembers(this, executor, thread, tenure, seats, door, moves, game, awaited);
        this.gameDoor = new GameDoor(this, game, door, failures);

        // How it ends, or goes on elsewhere.
        this.ending = new RoomEnding(
                this,
                lease,
                services.leases(),
                executor,
                mailbox,
                life,
                tenure,
                seats,
                door,
                places,
                interest,
                events,
                rules,
                game,
                writeBehind,
                trades);
        this.packer = new RoomPacker(
                this, options, services, seats, rules, events, effects, view, door, moves, awaited, game);
        this.move = new RoomMove(
                this,
                executor,
                thread,
                loop,
                ticks,
                life,
                ending,
                tenure,
                seats,
                interest,
                events,
                rules,
                writeBehind,
                places,
                packer);
        this.reports = new RoomReports(services, lease, mailbox, life, ticks, pulse, time, rules, view);
        this.info = view.info();
        this.idle = new IdleCheck(
                executor,
                clock,
                plan.idleCloseMillis(settings),
                crowded,
                () -> life.isOpen() && info.players() == 0,
                () -> command(this::closeIfIdle));
    }

    private GameHost game(
            RoomPlan plan,
            PlayerDirectory directory,
            Neighbours neighbours,
            RuleFailureLog failures,
            Interest interest) {
        RoomRules builtIn = services.rules().open(id);
        RoomType type = plan.type();
        return type == null
                ? GameHost.none(builtIn)
                : new RunningGame(
                        this, plan, type, builtIn, services, seats, failures, directory, neighbours, interest, effects);
    }

    /** The way in which places are sent is fixed when a room opens. */
    private Interest interest(int capacity) {
        RoomSettings.Interest by = settings.interest();
        if (capacity < by.fromCapacity()) {
            return new OpenInterest(snapshots, () -> view.fullState());
        }
        Grid grid = new Grid(services.game().mapWidth(), services.game().mapHeight(), by.cellSize());
        return new GridInterest(grid, by.cellSize(), snapshots, seats);
    }

    public RoomId id() {
        return id;
    }

    public RoomInfo info() {
        return info;
    }

    /** The room's game, for others. */
    public GameDoor game() {
        return gameDoor;
    }

    /** Who is in the room, comes and leaves. */
    public RoomMembers members() {
        return members;
    }

    /** The lease under which this server runs the room. */
    public Lease lease() {
        return lease;
    }

    /** The room's current load. */
    public RoomLoad load() {
        return reports.load();
    }

    /** Answers an operator's query or command from the room's thread. */
    public <T> CompletionStage<T> ask(Function<Room, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        command(() -> {
            try {
                answer.complete(question.apply(this));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** A full report on the room's current state. */
    @OnRoomThread
    public RoomReport report() {
        thread.require();
        return reports.report(info);
    }

    /** Delivers the message to each member, connected or not. @return the number of members */
    @OnRoomThread
    public int deliverAll(Supplier<ServerMessage.Builder> message) {
        thread.require();
        seats.all().forEach(seat -> seat.member.deliver(message.get()));
        return seats.size();
    }

    /**
     * Removes everybody at an operator's command; completes when trades under way have ended and everything is written.
     */
    public CompletionStage<Void> dissolve(String text) {
        command(() -> seats.all().forEach(seat -> seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, text, 0))));
        return end();
    }

    /** Offers a member's request. A request that cannot be accepted is answered at once. */
    public void offer(RoomMember member, Action.ByPlayer request) {
        services.metrics().requests.increment();
        Traces traces = services.traces();
        Runnable task = traces.request(request.getClass(), id.name(), () -> actions.serve(member, request));
        switch (mailbox.offer(pulse.timed(task))) {
            case ACCEPTED -> loop.schedule();
            case FULL -> {
                services.metrics().requestsRefusedFull.increment();
                traces.refused(task, "BUSY");
                String text = "room " + id + " has " + settings.mailboxCapacity()
                        + " actions waiting; raise room.mailbox-capacity or use more rooms";
                member.answer(Wire.error(request.seq(), ErrorCode.BUSY, text, 1_000L / settings.tickHz()));
            }
            case CLOSED -> {
                traces.refused(task, "ROOM_CLOSED");
                member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
            }
        }
    }

    /** Why nobody can come in, whoever it is; null when somebody may. */
    @OnRoomThread
    @Nullable
    Joining closedFor() {
        // Checked first, because it may close the room.
        boolean ours = tenure.isOurs();
        if (!life.isLive()) {
            return Joining.CLOSED;
        }
        return ours ? null : Joining.SUSPENDED;
    }

    /** The room may be used: before that it is not idle, however long it takes. Safe on any thread. */
    void begun() {
        command(idle::begin);
    }

    /** Completes, in the order of the calls, when the room is closed and can be opened again. */
    public CompletionStage<RoomId> gone() {
        return life.gone();
    }

    /** As {@link #gone}, after {@link Joining#CLOSED}; also when the room does not close after all. */
    public CompletionStage<RoomId> goneOrOpen() {
        return ask(room ->
                        room.closedFor() == Joining.CLOSED ? room.gone() : CompletableFuture.completedFuture(room.id))
                .thenCompose(answer -> answer);
    }

    /** Closes the room if nobody is in it, and nothing is under way. @return whether it is closed, or about to be */
    public CompletionStage<Boolean> closeIfEmpty() {
        return ask(room -> room.ending.closeIfUnused());
    }

    // ---- between servers ----

    /** Moves the room to another server, step by step. */
    public RoomMove move() {
        return move;
    }

    /** Begins with what another server had; before its game begins. If it fails, the room does not exist any more. */
    CompletionStage<Void> restore(MovedIn moved) {
        return ask(room -> {
            try {
                room.packer.unpack(moved);
            } catch (RuntimeException | Error e) {
                room.ending.vanish();
                throw e;
            }
            return null;
        });
    }

    /** The room begins with what another server had. */
    @OnRoomThread
    void restored(int lastTick) {
        ticks.goOnFrom(lastTick);
        info = view.info();
    }

    /** Whether new things may begin: not in a room that ends, or moves to another server. */
    @OnRoomThread
    boolean isLive() {
        return life.isLive();
    }

    /** Runs one of the server's own tasks on the room's thread. Never refused, since its sources are bounded. */
    void command(Runnable command) {
        mailbox.command(command);
        loop.schedule();
    }

    /** Applies an action that no member of the room has just requested. */
    public void act(Action action) {
        command(() -> actions.apply(action, null, 0));
    }

    /** Another server owns the room: everybody leaves, and nothing is written any more. */
    void abandon() {
        command(tenure::lose);
    }

    /** Shuts the room down, after which it no longer exists. */
    CompletionStage<Void> end() {
        return ending.shutDown();
    }

    // ---- the room's thread ----

    /** Shows the room to those who have sat down. @return whether there were any */
    @OnRoomThread
    boolean showIn() {
        return door.showIn();
    }

    /** The room's share of its thread's ticks. Safe on any thread. */
    Ticking ticks() {
        return ticks;
    }

    /** The number of the last tick. */
    @OnRoomThread
    int tick() {
        return ticks.last();
    }

    @OnRoomThread
    Tenure tenure() {
        return tenure;
    }

    @OnRoomThread
    boolean isOpen() {
        return life.isOpen();
    }

    /** As {@link RoomActions#apply}. */
    @OnRoomThread
    boolean apply(Action action, @Nullable RoomMember member, int seq) {
        return actions.apply(action, member, seq);
    }

    /** The room's game puts the member out. */
    @OnRoomThread
    void unseat(Seat seat) {
        thread.require();
        door.unseat(seat);
    }

    @OnRoomThread
    Effects effects() {
        return effects;
    }

    @OnRoomThread
    void seatsChanged() {
        info = view.info();
        if (seats.size() == 0) {
            places.save();
            idle.begin();
        }
    }

    @OnRoomThread
    long nowMillis() {
        return ticks.nowMillis();
    }

    @OnRoomThread
    void remember(ChatMessage message, ChatLine line) {
        view.remember(message);
        writeBehind.chat(line);
    }

    /**
     * Erases a player from the room's chat in memory. Safe on any thread. Completes when no write of earlier lines is under
     * way any more, so that a search of the store finds all of them.
     */
    public CompletionStage<Void> erase(Erasure erasure) {
        return ask(room -> {
                    room.view.erase(erasure);
                    return room.writeBehind.erase(erasure);
                })
                .thenCompose(written -> written);
    }

    private void closeIfIdle() {
        if (idle.isDue()) {
            ending.closeIfUnused();
        }
    }

    @OnRoomThread
    void close() {
        ending.close();
    }
}
