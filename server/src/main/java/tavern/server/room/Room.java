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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Lease;
import tavern.server.game.Action;
import tavern.server.game.OpenOffer;
import tavern.server.game.Position;
import tavern.game.RoomId;
import tavern.server.game.RoomRules;
import tavern.server.store.ChatHistory;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.PlayerRecord;

/**
 * One room: everything that happens to it happens on its thread, one thing after another.
 *
 * <p>Methods without {@link OnRoomThread} may be called from any thread; they put a task into the mailbox and return.
 */
public final class Room extends Ticking {
    private static final Logger log = LoggerFactory.getLogger(Room.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final int PLACES_GROUPS = 4;

    private final RoomId id;
    private final Lease lease;
    private final RoomServices services;
    private final RoomSettings settings;
    private final EventExecutor executor;
    private final RoomThread thread;
    private final Runnable closed;
    private final WaitingLine<RoomId> gone = new WaitingLine<>();

    /** The last task given to {@link #inTurn}. Guarded by this. */
    private CompletableFuture<?> lastInTurn = CompletableFuture.completedFuture(null);

    private final Mailbox mailbox;
    private final RoomLoop loop;

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
    private final RuleFailureLog failures;
    private final RoomPulse pulse;
    private final Tenure tenure;
    private final IdleCheck idle;

    private final DirtyFlag dirty = new DirtyFlag();

    /**
     * Rooms save places in several groups: the store commits writes together that arrive together, but not all should
     * arrive at once.
     */
    private final long placesOffsetMillis;

    private volatile RoomInfo info;
    private int tick;
    private long nowMillis;
    private long placesPeriod;

    /** Until this time a tick has nothing to do, as long as the room {@link #isUndisturbed}. */
    private long restsUntilMillis;

    private boolean open = true;

    Room(
            RoomId id,
            RoomOptions options,
            Lease lease,
            ChatHistory history,
            RoomServices services,
            PlayerDirectory directory,
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
        this.rules = services.rules().open(id);
        this.events = new EventLog(
                settings.replayEventsMax(),
                TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                settings.replayBytesMax(),
                services.replay().share());
        this.tenure = new Tenure(lease, new LeaseChanges());
        this.trades = new TradeStoreClient(this, lease.fence(), services, directory, settling);
        this.interest = interest(settings.capacityOf(options));
        this.effects = new RoomEffects(this, seats, events, interest, directory, trades, services.metrics());
        this.writeBehind = new WriteBehind(
                id,
                lease.fence(),
                history.lastNumber(),
                services.memory(),
                settings,
                executor,
                host.writes(),
                tenure::mayWrite,
                this::abandon);
        this.view =
                new RoomView(id, options, lease.fence(), services, seats, snapshots, interest, events, history.lines());
        this.door = new RoomDoor(
                this, settings.capacityOf(options), seats, interest, events, view, writeBehind, this::move);
        this.failures = new RuleFailureLog(id, services.metrics());
        this.pulse = new RoomPulse(services.metrics(), host.load());
        this.loop = new RoomLoop(id, mailbox, executor, services.clocks().monotonic(), failures, pulse, turn());
        this.placesOffsetMillis =
                Math.floorMod(id.hashCode(), PLACES_GROUPS) * settings.positionFlushMillis() / PLACES_GROUPS;
        this.nowMillis = services.clocks().monotonic().millis();
        this.info = view.info();
        this.idle = new IdleCheck(
                executor,
                services.clocks().monotonic(),
                settings.idleCloseSeconds() * 1_000L,
                crowded,
                () -> open && info.players() == 0,
                () -> command(this::closeIfIdle));
        idle.begin();
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

    /** Creates the slot into which a connection puts its member's moves. Safe on any thread. */
    public MoveSlot moveSlot() {
        return new MoveSlot(dirty);
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
        return new RoomLoad(mailbox.depth(), pulse.waitMicros(), pulse.tickMicros());
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
                services.game().mapWidth(),
                services.game().mapHeight(),
                seats.all().stream().map(this::report).toList(),
                rules.offers().stream().map(this::report).toList(),
                view.chat());
    }

    private RoomReport.MemberView report(Seat seat) {
        Position place = view.place(seat);
        return new RoomReport.MemberView(
                seat.member.player().name(), seat.entity, place.x(), place.y(), seat.outlet != null);
    }

    private RoomReport.OfferView report(OpenOffer offer) {
        long leftMillis = offer.expiresAtMillis() - nowMillis;
        return new RoomReport.OfferView(offer, services.clocks().wall().millis() + leftMillis);
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
        Mailbox.Offer offer = mailbox.offer(pulse.timed(() -> serve(member, request)));
        switch (offer) {
            case ACCEPTED -> loop.schedule();
            case FULL -> {
                services.metrics().requestsRefusedFull.increment();
                String text = "room " + id + " has " + settings.mailboxCapacity()
                        + " actions waiting; raise room.mailbox-capacity or use more rooms";
                member.answer(Wire.error(request.seq(), ErrorCode.BUSY, text, 1_000L / settings.tickHz()));
            }
            case CLOSED -> member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
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
     * Completes on the room's thread; {@code Joined} has been sent by then.
     *
     * @param outlet null while the member's connection is lost
     * @param moves where the connection leaves the member's moves, from {@link #moveSlot}
     */
    public CompletionStage<Joining> join(
            RoomMember member,
            PlayerRecord player,
            @Nullable Position at,
            int replyTo,
            @Nullable Outlet outlet,
            MoveSlot moves) {
        CompletableFuture<Joining> joining = new CompletableFuture<>();
        command(() -> {
            // Catches everything: a session waits for the end of one join before it begins another.
            try {
                joining.complete(seat(member, player, at, replyTo, outlet, moves));
            } finally {
                joining.complete(Joining.FAILED);
            }
        });
        return joining;
    }

    @OnRoomThread
    private Joining seat(
            RoomMember member,
            PlayerRecord player,
            @Nullable Position at,
            int replyTo,
            @Nullable Outlet outlet,
            MoveSlot moves) {
        // Checked first, because it may close the room.
        boolean ours = tenure.isOurs();
        if (!open) {
            return Joining.CLOSED;
        }
        return ours ? door.seat(member, player, at, replyTo, outlet, moves) : Joining.SUSPENDED;
    }

    /** Completes, in the order of the calls, when the room is closed and can be opened again. */
    public CompletionStage<RoomId> gone() {
        return gone.join();
    }

    /** Completes on the room's thread once the member has no seat, whether or not it had one. */
    public CompletionStage<Void> leave(RoomMember member) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        command(() -> {
            try {
                Seat seat = seats.of(member);
                if (seat != null) {
                    door.unseat(seat);
                }
            } finally {
                left.complete(null);
            }
        });
        return left;
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
        outlet.loop().execute(() -> {
            outlet.write(frame);
            outlet.flush();
        });
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
        tick++;
        boolean due = dueMillis >= restsUntilMillis;
        if (!due && isUndisturbed()) {
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

    private void workOff(SendBatch batch) {
        trades.sweep(nowMillis);
        if (!tenure.isOurs()) {
            seats.all().forEach(Seat::dropMove);
        } else if (seats.size() > 0 || rules.isSettling()) {
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
        boolean isQuiet = seats.size() == 0 || (!dirty.isSet() && interest.isAtRest());
        return isQuiet && tenure.mayWrite();
    }

    /** After a tick: the time at which a tick next has something to do, if nothing happens until then. */
    private long restsUntil() {
        long nextPlacesMillis = (placesPeriod + 1) * settings.positionFlushMillis() - placesOffsetMillis;
        long nextMillis = Math.min(nextPlacesMillis, events.forgetAllBefore(nowMillis));
        return Math.min(Math.min(nextMillis, trades.dueMillis()), rules.restsUntil(nowMillis));
    }

    private final class LeaseChanges implements Tenure.Changes {
        @Override
        public void suspended() {
            if (open) {
                log.warn("room {} is suspended: its lease could not be renewed", id);
                interest.event(Frames.encode(Frames.ALLOCATOR, Wire.suspended(id)));
                interest.flush();
            }
        }

        @Override
        public void resumed() {
            if (open) {
                log.info("room {} resumes", id);
                interest.event(Frames.encode(Frames.ALLOCATOR, Wire.resumed(id)));
                interest.refresh();
                writeBehind.flush();
            }
        }

        @Override
        public void lost() {
            writeBehind.discard();
            trades.abandon();
            if (open) {
                log.warn("room {} is another server's by now: closing it here", id);
                interest.flush();
                interest.clear();
                for (Seat seat : seats.all()) {
                    seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, "another server runs the room now", 0));
                    door.unseat(seat);
                }
                // Sent to nobody: only releases the frames that these leaves caused.
                interest.flush();
                close();
            }
        }
    }

    @OnRoomThread
    Tenure tenure() {
        return tenure;
    }

    /** Applies moves and rules, and sends one snapshot to all. */
    private void step(SendBatch batch) {
        if (dirty.take()) {
            takeMoves();
        }
        loop.guarded(() -> rules.tick(nowMillis, effects), "a tick of the rules");
        interest.tick(tick, batch);
        long period = (nowMillis + placesOffsetMillis) / settings.positionFlushMillis();
        if (period != placesPeriod) {
            placesPeriod = period;
            door.savePlaces();
        }
    }

    /** P-60: a move that comes too soon is not dropped; the room tries it again at the next tick. */
    private void takeMoves() {
        boolean allTaken = true;
        for (Seat seat : seats.all()) {
            allTaken &= seat.takeMove(nowMillis);
        }
        if (!allTaken) {
            dirty.set();
        }
    }

    private void move(Seat seat, int seq, int x, int y) {
        try {
            rules.move(seat.entity, seq, x, y, nowMillis, effects);
        } catch (Throwable e) {
            seat.member.answer(failures.answer(e, "a move", seat.member, seq));
        }
    }

    private void serve(RoomMember member, Action.ByPlayer request) {
        boolean ours = tenure.isOurs();
        if (!open) {
            member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
        } else if (!ours) {
            member.answer(Wire.error(request.seq(), ErrorCode.UNAVAILABLE, "the room is suspended", RETRY_MILLIS));
        } else if (seats.of(member) == null) {
            member.answer(Wire.error(request.seq(), ErrorCode.NOT_IN_ROOM, "not in room " + id, 0));
        } else {
            apply(request, member, request.seq());
        }
    }

    /** @return whether the rules could apply it; the member, if there is one, is notified when they failed */
    @OnRoomThread
    boolean apply(Action action, @Nullable RoomMember member, int seq) {
        thread.require();
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

    /** Trades under way and writes that are not possible just now are waited for. */
    private void closeIfIdle() {
        if (open && seats.size() == 0 && idle.isDue() && !rules.isSettling() && tenure.mayWrite()) {
            close();
        }
    }

    private void close() {
        open = false;
        mailbox.close();
        events.close();
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
