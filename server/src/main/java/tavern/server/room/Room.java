package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Lease;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.RoomRules;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.PlayerRecord;
import tavern.server.trace.Traces;

/**
 * One room: everything that happens to it happens on its thread, one thing after another.
 *
 * <p>Methods without {@link OnRoomThread} may be called from any thread; they put a task into the mailbox and return.
 */
public final class Room extends Ticking {
    private static final long RETRY_MILLIS = 1_000;
    private static final int PLACES_GROUPS = 4;
    private static final long SETTLING_SECONDS_MAX = 3;
    private static final long RETRY_CLAIM_MILLIS = 20;

    private final RoomId id;
    private final Lease lease;
    private final RoomServices services;
    private final RoomSettings settings;
    private final EventExecutor executor;
    private final RoomThread thread;
    private final Runnable closed;
    private volatile WaitingLine<RoomId> gone = new WaitingLine<>();

    /** The last task given to {@link #inTurn}. Guarded by this. */
    private CompletableFuture<?> lastInTurn = CompletableFuture.completedFuture(null);

    private final Mailbox mailbox;
    private final RoomLoop loop;

    private final GameHost game;
    private final GameDoor gameDoor;
    private final RoomRules rules;
    private final Seats seats = new Seats();
    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final Interest interest;
    private final EventLog events;
    private final RoomEffects effects;
    private final WriteBehind writeBehind;
    private final TradeStoreClient trades;
    private final RoomView view;
    private final RoomDoor door;
    private final MoveIntake moves;
    private final RuleFailureLog failures;
    private final RoomPulse pulse;
    private final RoomTime time;
    private final Tenure tenure;
    private final IdleCheck idle;
    private final RoomPacker packer;
    private final RoomMove move;

    /**
     * Rooms save places in several groups: the store commits writes together that arrive together, but not all should
     * arrive at once.
     */
    private final long placesOffsetMillis;

    private final int tickEvery;

    private volatile RoomInfo info;
    private int tick;
    private long nowMillis;
    private long placesPeriod;

    /** Until this time a tick has nothing to do, as long as the room {@link #isUndisturbed}. */
    private long restsUntilMillis;

    private boolean open = true;

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
        this.thread = new RoomThread("room " + id, executor);
        this.closed = () -> {
            closed.run();
            gone.complete(id);
        };
        this.mailbox = new Mailbox(settings.mailboxCapacity());
        RoomOptions options = plan.options();
        this.events = new EventLog(
                settings.replayEventsMax(),
                TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                settings.replayBytesMax(),
                services.replay().share());
        this.trades = new TradeStoreClient(this, lease.fence(), services, directory, settling);
        this.interest = interest(settings.capacityOf(options));
        this.effects = new RoomEffects(this, seats, events, interest, directory, trades, services.metrics());
        this.writeBehind = new WriteBehind(
                id,
                lease.fence(),
                plan.history().lastNumber(),
                services.memory(),
                settings,
                executor,
                host.writes(),
                this::mayWrite,
                () -> {
                    services.metrics().staleWrites.increment();
                    abandon();
                });
        this.failures = new RuleFailureLog(id, services.metrics());
        this.pulse = new RoomPulse(services.metrics(), host.load());
        this.tickEvery = plan.type() == null ? 1 : plan.type().tickEvery();
        this.time = new RoomTime(settings, tickEvery, host.strain(), pulse, seats, interest);
        this.game = game(plan, directory, neighbours);
        this.rules = game.rules();
        this.view = new RoomView(id, plan, lease.fence(), services, seats, snapshots, interest, events, game, time);
        this.moves = new MoveIntake(this, seats, rules, effects, failures);
        this.door = new RoomDoor(
                this, settings.capacityOf(options), seats, interest, events, view, writeBehind, game, failures, moves);
        this.gameDoor = new GameDoor(this, game, door, failures);
        this.packer = new RoomPacker(this, plan.options(), services, seats, rules, events, effects, view, door, game);
        this.move = new RoomMove(this, executor, thread, seats, interest, events, rules, writeBehind, packer);
        this.tenure = new Tenure(lease, new LeaseChanges(this, seats, interest, writeBehind, trades, game));
        this.loop = new RoomLoop(id, mailbox, executor, services.clocks().monotonic(), failures, pulse, turn());
        this.placesOffsetMillis =
                Math.floorMod(id.hashCode(), PLACES_GROUPS) * settings.positionFlushMillis() / PLACES_GROUPS;
        this.nowMillis = services.clocks().monotonic().millis();
        this.info = view.info();
        this.idle = new IdleCheck(
                executor,
                services.clocks().monotonic(),
                plan.idleCloseMillis(settings),
                crowded,
                () -> open && info.players() == 0,
                () -> command(this::closeIfIdle));
    }

    private GameHost game(RoomPlan plan, PlayerDirectory directory, Neighbours neighbours) {
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

    /** Creates the slot into which a connection puts its member's moves. Safe on any thread. */
    public MoveSlot moveSlot() {
        return moves.slot();
    }

    /** The limit on how often one member may move. */
    @OnRoomThread
    TokenBucket movePace() {
        return new TokenBucket(settings.movesPerSecond(), nowMillis);
    }

    /** The lease under which this server runs the room. */
    public Lease lease() {
        return lease;
    }

    /** The room's current load. */
    public RoomLoad load() {
        return new RoomLoad(mailbox.depth(), pulse.waitMicros(), pulse.tickMicros(), time.permille());
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
        return new RoomReport(
                info,
                open,
                lease.fence(),
                lease.state(),
                tick,
                mailbox.depth(),
                settings.mailboxCapacity(),
                pulse.waitMicros(),
                pulse.tickMicros(),
                time.permille(),
                services.game().mapWidth(),
                services.game().mapHeight(),
                view.members(),
                RoomReport.offers(rules.offers(), nowMillis, services.clocks()),
                view.chat());
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
        Runnable task = traces.request(request.getClass(), id.name(), () -> serve(member, request));
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

    /**
     * Runs a task on its executor after the tasks that were given here before, whatever their executors: players whose
     * records were loaded one after another are seated in that order, although each one is let in on a thread of its
     * own.
     */
    public synchronized void inTurn(Executor executor, Runnable task) {
        lastInTurn = lastInTurn.handle((done, failure) -> done).thenRunAsync(task, executor);
    }

    /**
     * Completes on the room's thread; {@code Joined} has been sent by then. Fails with {@link RefusedException} when the
     * room's game refuses the player.
     *
     * @param outlet null while the member's connection is lost
     * @param moves where the connection leaves the member's moves, from {@link #moveSlot}
     */
    public CompletionStage<Joining> join(
            RoomMember member, Arrival arrival, int replyTo, @Nullable Outlet outlet, MoveSlot moves) {
        CompletableFuture<Joining> joining = new CompletableFuture<>();
        command(() -> {
            // Catches everything: a session waits for the end of one join before it begins another.
            try {
                joining.complete(seat(member, arrival, replyTo, outlet, moves));
            } catch (RefusedException e) {
                joining.completeExceptionally(e);
            } finally {
                joining.complete(Joining.FAILED);
            }
        });
        return joining;
    }

    @OnRoomThread
    private Joining seat(RoomMember member, Arrival arrival, int replyTo, @Nullable Outlet outlet, MoveSlot moves) {
        Joining closed = closedFor();
        return closed == null ? door.seat(member, arrival, replyTo, outlet, moves) : closed;
    }

    /** Why nobody can come in, whoever it is; null when somebody may. */
    @OnRoomThread
    @Nullable
    Joining closedFor() {
        // Checked first, because it may close the room.
        boolean ours = tenure.isOurs();
        if (!open || move.isUnderWay()) {
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
        return gone.join();
    }

    /** As {@link #gone}, after {@link Joining#CLOSED}; also when the room does not close after all. */
    public CompletionStage<RoomId> goneOrOpen() {
        return ask(room ->
                        room.closedFor() == Joining.CLOSED ? room.gone() : CompletableFuture.completedFuture(room.id))
                .thenCompose(answer -> answer);
    }

    /**
     * Completes on the room's thread once the member has no seat, whether or not it had one, and what the room's game writes of
     * the player is durable, so that the next room reads it; the latter is waited for for a few seconds at most.
     */
    public CompletionStage<Void> leave(RoomMember member) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        command(() -> {
            try {
                Seat seat = seats.of(member);
                if (seat != null) {
                    door.unseat(seat);
                }
            } finally {
                completeOnceSettled(left, member.player().id());
            }
        });
        return left;
    }

    private void completeOnceSettled(CompletableFuture<Void> left, PlayerId player) {
        CompletableFuture<Void> settled = game.settled(player).toCompletableFuture();
        if (!settled.isDone()) {
            // Values that are read too early cost the next room a refused turn, and nothing else.
            var limit = executor.schedule(() -> left.complete(null), SETTLING_SECONDS_MAX, TimeUnit.SECONDS);
            settled.thenRun(() -> limit.cancel(false));
        }
        settled.thenRun(() -> left.complete(null));
    }

    /** The connection is lost: the seat is kept, nothing is sent any more. */
    public void detach(RoomMember member, Outlet outlet) {
        command(() -> door.detach(member, outlet));
    }

    /** Returns whether all room events after this one can be replayed to the member. */
    @OnRoomThread
    public boolean covers(RoomMember member, long lastSeq) {
        thread.require();
        return door.covers(member, lastSeq);
    }

    /**
     * P-20: the member has returned over another connection. @param lastSeq negative when the client knows nothing of
     * the room
     */
    public void resume(RoomMember member, Outlet outlet, MoveSlot moves, long lastSeq, Resumption resumption) {
        command(() -> {
            boolean ours = tenure.isOurs();
            if (door.resume(member, outlet, moves, lastSeq, resumption)) {
                if (!ours) {
                    send(outlet, Wire.suspended(id));
                }
                send(outlet, Wire.REPLAYED);
            }
        });
    }

    private static void send(Outlet outlet, ServerMessage message) {
        ByteBuf frame = Unpooled.wrappedBuffer(Frames.copyOf(message));
        outlet.loop()
                .execute(() -> outlet.barrier().pass(() -> {
                    outlet.write(frame);
                    outlet.flush();
                }));
    }

    /** Closes the room if nobody is in it, and nothing is under way. @return whether it is closed, or about to be */
    public CompletionStage<Boolean> closeIfEmpty() {
        return ask(Room::closeIfUnused);
    }

    // ---- between servers ----

    /** Moves the room to another server, step by step. */
    public RoomMove move() {
        return move;
    }

    /**
     * The session of a player whose seat has come here with the room: it resumes ({@link #resume}) as one whose connection
     * was lost.
     *
     * @param newest the player's record, as it is known in the player's lane
     * @return whether such a seat waits
     */
    public CompletionStage<Boolean> claim(RoomMember member, PlayerRecord newest) {
        return ask(room -> {
                    if (room.move.isUnderWay()) {
                        // Its members are those with whom it moves; this one may have the seat if the room stays.
                        return room.later(() -> room.claim(member, newest));
                    }
                    return CompletableFuture.completedFuture(room.open && room.door.claim(member, newest));
                })
                .thenCompose(claimed -> claimed);
    }

    private <T> CompletionStage<T> later(Supplier<CompletionStage<T>> task) {
        CompletableFuture<CompletionStage<T>> begun = new CompletableFuture<>();
        executor.schedule(() -> begun.complete(task.get()), RETRY_CLAIM_MILLIS, TimeUnit.MILLISECONDS);
        return begun.thenCompose(stage -> stage);
    }

    /** Nobody comes for the seat. */
    void giveUp(AwaitedMember member) {
        command(() -> door.giveUp(member));
    }

    /** Keeps the seat for so long. */
    void awaits(AwaitedMember member, long millis) {
        executor.schedule(() -> giveUp(member), millis, TimeUnit.MILLISECONDS);
    }

    /** Begins with what another server had; before its game begins. If it fails, the room does not exist any more. */
    CompletionStage<Void> restore(MovedIn moved) {
        return ask(room -> {
            try {
                room.packer.unpack(moved);
            } catch (RuntimeException | Error e) {
                room.vanish();
                throw e;
            }
            return null;
        });
    }

    @OnRoomThread
    void savePlaces() {
        door.savePlaces();
    }

    /** A last snapshot, after which all members know the places as they are. */
    @OnRoomThread
    void tellPlaces() {
        tick++;
        SendBatch batch = new SendBatch();
        interest.tick(tick, batch);
        batch.send();
    }

    @OnRoomThread
    int tick() {
        return tick;
    }

    /** The room begins with what another server had. */
    @OnRoomThread
    void restored(int lastTick) {
        tick = lastTick;
        tellPlaces();
        info = view.info();
    }

    /** A {@link RoomMove} is over and the room stays here: those who wait for its closing need not any more. */
    @OnRoomThread
    void stays() {
        WaitingLine<RoomId> waiting = gone;
        gone = new WaitingLine<>();
        restsUntilMillis = 0;
        loop.goOn();
        waiting.complete(id);
    }

    @OnRoomThread
    void halt() {
        loop.halt();
    }

    /** The room is another server's: it ends here without a word, and nothing is written any more. */
    @OnRoomThread
    void vanish() {
        open = false;
        mailbox.close();
        interest.clear();
        seats.all().forEach(seats::remove);
        events.close();
        game.stop();
        writeBehind.discard();
        trades.abandon();
        closed.run();
        services.leases().release(lease);
        loop.goOn();
    }

    /** Whether new things may begin: not in a room that ends, or moves to another server. */
    @OnRoomThread
    boolean isLive() {
        return open && !move.isUnderWay();
    }

    /** Runs one of the server's own tasks on the room's thread. Never refused, since its sources are bounded. */
    void command(Runnable command) {
        mailbox.command(command);
        loop.schedule();
    }

    /** Applies an action that no member of the room has just requested. */
    public void act(Action action) {
        command(() -> apply(action, null, 0));
    }

    /** Another server owns the room: everybody leaves, and nothing is written any more. */
    void abandon() {
        command(tenure::lose);
    }

    /** Does a {@link #shutDown}, after which the room no longer exists. */
    CompletionStage<Void> end() {
        return shutDown().thenRun(closed);
    }

    /** Stops accepting requests, cancels open offers, waits for trades under way, and flushes pending writes. */
    CompletionStage<Void> shutDown() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        command(() -> {
            mailbox.close();
            open = false;
            door.savePlaces();
            // Everybody leaves at once, so nobody needs to see the others go.
            interest.flush();
            interest.clear();
            seats.all().forEach(door::unseat);
            events.close();
            finish(done);
        });
        return done;
    }

    private void finish(CompletableFuture<Void> done) {
        if (rules.isSettling() && !tenure.isLost()) {
            executor.schedule(() -> command(() -> finish(done)), 10, TimeUnit.MILLISECONDS);
        } else {
            game.stop();
            writeBehind.flush().whenComplete((nothing, failure) -> {
                writeBehind.discard();
                services.leases().release(lease);
                done.complete(null);
            });
        }
    }

    // ---- the room's thread ----

    private RoomLoop.Turn turn() {
        return new RoomLoop.Turn() {
            @Override
            public void begins(long atMillis) {
                thread.begins();
                nowMillis = atMillis;
                // Any of these tasks may leave something for the next tick.
                restsUntilMillis = 0;
            }

            @Override
            public int ends() {
                try {
                    return interest.flush() ? seats.size() : 0;
                } finally {
                    thread.ends();
                }
            }
        };
    }

    @OnRoomThread
    @Override
    boolean tick(SendBatch batch, long dueMillis) {
        if (move.isHalted()) {
            return false;
        }
        tick++;
        if (tick % tickEvery != 0) {
            return false;
        }
        boolean due = dueMillis >= restsUntilMillis;
        if (!due && isUndisturbed() && !time.isSlow()) {
            return false;
        }
        nowMillis = services.clocks().monotonic().millis();
        restsUntilMillis = 0;
        thread.begins();
        try {
            loop.guarded(() -> workOff(batch), "a tick");
        } finally {
            thread.ends();
        }
        return !due || restsUntilMillis <= nowMillis;
    }

    @OnRoomThread
    @Override
    int extraPhases() {
        return time.extraPhases();
    }

    @OnRoomThread
    @Override
    long workNanos() {
        return time.workNanos();
    }

    @OnRoomThread
    @Override
    int audience() {
        return seats.size();
    }

    private void workOff(SendBatch batch) {
        time.tick(rules, nowMillis);
        trades.sweep(nowMillis);
        if (!tenure.isOurs()) {
            seats.all().forEach(Seat::dropMove);
        } else if (seats.size() > 0 || rules.isSettling() || rules.runsEmpty()) {
            pulse.tick(() -> step(batch));
            restsUntilMillis = restsUntil();
        } else {
            restsUntilMillis = trades.dueMillis();
        }
    }

    /**
     * Checks, in each tick, for the changes that others make without a turn of the mailbox (which would end the rest):
     * no move, nobody behind, and the lease unchanged.
     */
    private boolean isUndisturbed() {
        boolean isQuiet = seats.size() == 0 || (!moves.isWaiting() && interest.isAtRest());
        return isQuiet && tenure.mayWrite();
    }

    /** After a tick: the time at which a tick next has something to do, if nothing happens until then. */
    private long restsUntil() {
        long nextPlacesMillis = (placesPeriod + 1) * settings.positionFlushMillis() - placesOffsetMillis;
        long nextMillis = Math.min(nextPlacesMillis, events.forgetAllBefore(nowMillis));
        return Math.min(Math.min(nextMillis, trades.dueMillis()), rules.restsUntil(nowMillis));
    }

    @OnRoomThread
    Tenure tenure() {
        return tenure;
    }

    private boolean mayWrite() {
        return tenure.mayWrite();
    }

    @OnRoomThread
    boolean isOpen() {
        return open;
    }

    /** Applies moves and rules, and sends one snapshot to all. */
    private void step(SendBatch batch) {
        moves.take();
        loop.guarded(() -> rules.tick(nowMillis, effects), "a tick of the rules");
        interest.tick(tick, batch);
        long period = (nowMillis + placesOffsetMillis) / settings.positionFlushMillis();
        if (period != placesPeriod) {
            placesPeriod = period;
            door.savePlaces();
        }
    }

    private void serve(RoomMember member, Action.ByPlayer request) {
        boolean ours = tenure.isOurs();
        if (!open) {
            member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
        } else if (!ours) {
            member.answer(Wire.error(request.seq(), ErrorCode.UNAVAILABLE, "the room is suspended", RETRY_MILLIS));
        } else {
            serve(member, seats.of(member), request);
        }
    }

    private void serve(RoomMember member, @Nullable Seat seat, Action.ByPlayer request) {
        if (seat == null) {
            member.answer(Wire.error(request.seq(), ErrorCode.NOT_IN_ROOM, "not in room " + id, 0));
        } else if (seat.isSpectator) {
            member.answer(Wire.error(request.seq(), ErrorCode.NOT_ALLOWED, "spectators only watch", 0));
        } else {
            apply(request, member, request.seq());
        }
    }

    /** @return whether the rules could apply it; the member, if there is one, is notified when they failed */
    @OnRoomThread
    boolean apply(Action action, @Nullable RoomMember member, int seq) {
        thread.require();
        if (move.isOver()) {
            return false; // another server does it
        }
        try {
            rules.apply(action, nowMillis, effects);
            return true;
        } catch (Throwable e) {
            String doing = action.getClass().getSimpleName();
            if (member == null) {
                failures.report(e, doing, "");
            } else {
                member.answer(failures.answer(e, doing, member, seq));
            }
            return false;
        }
    }

    /** @return whether the rules let the member in; the caller notifies the member */
    @OnRoomThread
    boolean admit(Action.Join join, RoomMember member, int seq) {
        thread.require();
        try {
            rules.apply(join, nowMillis, effects);
            return true;
        } catch (Throwable e) {
            failures.report(e, "Join", member.action(seq));
            return false;
        }
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
            door.savePlaces();
            idle.begin();
        }
    }

    @OnRoomThread
    long nowMillis() {
        return nowMillis;
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
            closeIfUnused();
        }
    }

    /** Trades under way and writes that are not possible just now are waited for. @return whether it has closed */
    private boolean closeIfUnused() {
        boolean mayClose = isLive() && seats.size() == 0 && !rules.isSettling() && tenure.mayWrite();
        if (mayClose) {
            close();
        }
        return mayClose;
    }

    @OnRoomThread
    void close() {
        if (!open) {
            return;
        }
        open = false;
        mailbox.close();
        events.close();
        game.stop();
        if (tenure.isLost()) {
            closed.run(); // no more writes follow
        }
        // Requests for the room meanwhile are answered that it is closing: a new owner's fence would refuse the writes
        // that are still to come.
        writeBehind.flush().whenComplete((nothing, failure) -> {
            writeBehind.discard();
            closed.run();
            services.leases().release(lease);
        });
    }
}
