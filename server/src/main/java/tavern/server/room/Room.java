package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
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
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.game.RoomRules;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerRecord;

/**
 * One room: all that happens to it happens on its thread, one thing after another.
 *
 * <p>Methods without {@link OnRoomThread} may be called from any thread; they leave a task in the mailbox and return.
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

    private final Mailbox mailbox;
    private final RoomLoop loop;

    private final RoomRules rules;
    private final Seats seats = new Seats();
    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final Interest interest;
    private final EventLog events;
    private final RoomEffects effects;
    private final WriteBehind writeBehind;
    private final TradeCalls trades;
    private final RoomView view;
    private final RoomDoor door;
    private final Failures failures;
    private final RoomPulse pulse;
    private final Tenure tenure;

    private final Stir stir = new Stir();

    /** Rooms save places in some groups: the store commits together what comes together, but not all must come at once. */
    private final long placesOffsetMillis;

    private volatile RoomInfo info;
    private int tick;
    private long nowMillis;
    private long placesPeriod;

    /** Until then a tick has nothing to do, while the room {@link #isUndisturbed}. */
    private long restsUntilMillis;

    private long emptySinceMillis;
    private boolean open = true;

    Room(
            RoomId id,
            RoomOptions options,
            Lease lease,
            List<ChatLine> history,
            RoomServices services,
            PlayerDirectory directory,
            EventExecutor executor,
            ThreadLoad load,
            Runnable closed) {
        this.id = id;
        this.lease = lease;
        this.services = services;
        this.settings = services.settings();
        this.executor = executor;
        this.thread = new RoomThread("room " + id, executor);
        this.closed = closed;
        this.mailbox = new Mailbox(settings.mailboxCapacity());
        this.rules = services.rules().open(id);
        this.events = new EventLog(
                settings.replayEventsMax(),
                TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                settings.replayBytesMax());
        this.tenure = new Tenure(lease, new LeaseChanges());
        this.trades = new TradeCalls(this, lease.fence(), services, directory);
        this.interest = interest(settings.capacityOf(options));
        this.effects = new RoomEffects(this, seats, events, interest, directory, trades, services.metrics());
        this.writeBehind = new WriteBehind(
                id, lease.fence(), services.store(), settings, executor, tenure::mayWrite, this::abandon);
        this.view = new RoomView(id, options, lease.fence(), services, seats, snapshots, interest, events, history);
        this.door = new RoomDoor(
                this, settings.capacityOf(options), seats, interest, events, view, writeBehind, this::move);
        this.failures = new Failures(id, services.metrics(), services.clock());
        this.pulse = new RoomPulse(services.metrics(), load);
        this.loop = new RoomLoop(id, mailbox, executor, services.clock(), failures, pulse, turn());
        this.placesOffsetMillis =
                Math.floorMod(id.hashCode(), PLACES_GROUPS) * settings.positionFlushMillis() / PLACES_GROUPS;
        this.nowMillis = services.clock().millis();
        this.emptySinceMillis = nowMillis;
        this.info = view.info();
        scheduleIdleCheck();
    }

    /** How places are told is fixed when a room opens. */
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

    /** Where a connection is to leave its member's moves. Any thread. */
    public MoveSlot moveSlot() {
        return new MoveSlot(stir);
    }

    /** The right by which this server runs the room. */
    public Lease lease() {
        return lease;
    }

    /** How busy the room is just now. */
    public RoomLoad load() {
        return new RoomLoad(mailbox.depth(), pulse.waitMicros(), pulse.tickMicros());
    }

    /** An operator's question or order, answered from the room's thread. */
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

    /** All there is to tell of the room now. */
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
                rules.offers(),
                view.chat());
    }

    private RoomReport.MemberView report(Seat seat) {
        Position place = view.place(seat);
        return new RoomReport.MemberView(
                seat.member.player().name(), seat.entity, place.x(), place.y(), seat.outlet != null);
    }

    /** To each member, connected or not. @return how many there are */
    @OnRoomThread
    public int deliverAll(Supplier<ServerMessage.Builder> message) {
        thread.require();
        seats.all().forEach(seat -> seat.member.deliver(message.get()));
        return seats.size();
    }

    /** By an operator's wish: everybody out; completes when trades under way have ended and all is written. */
    public CompletionStage<Void> dissolve(String text) {
        command(() -> seats.all().forEach(seat -> seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, text, 0))));
        return end();
    }

    /** A member asks for something. What is not taken on is answered at once. */
    public void offer(Member member, Action.ByPlayer request) {
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

    /** Completes on the room's thread; {@code Joined} has been sent by then. */
    public CompletionStage<Joining> join(Member member, PlayerRecord player, @Nullable Position at, int replyTo) {
        CompletableFuture<Joining> joining = new CompletableFuture<>();
        command(() -> {
            // Whatever is thrown: a session waits for the end of one join before it begins another.
            try {
                joining.complete(seat(member, player, at, replyTo));
            } finally {
                joining.complete(Joining.FAILED);
            }
        });
        return joining;
    }

    @OnRoomThread
    private Joining seat(Member member, PlayerRecord player, @Nullable Position at, int replyTo) {
        // Asked first: it may close the room.
        boolean ours = tenure.isOurs();
        if (!open) {
            return Joining.CLOSED;
        }
        return ours ? door.seat(member, player, at, replyTo) : Joining.SUSPENDED;
    }

    /** Completes on the room's thread once the member has no seat, whether or not it had one. */
    public CompletionStage<Void> leave(Member member) {
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
    public void detach(Member member, Outlet outlet) {
        command(() -> door.detach(member, outlet));
    }

    /** P-20: the member is back on another connection. @param lastSeq negative: the client knows nothing of the room */
    public void resume(Member member, Outlet outlet, MoveSlot moves, long lastSeq, Resumption resumption) {
        command(() -> {
            boolean ours = tenure.isOurs();
            if (door.resume(member, outlet, moves, lastSeq, resumption) && !ours) {
                ByteBuf frame = Unpooled.wrappedBuffer(Frames.copyOf(Wire.suspended(id)));
                outlet.loop().execute(() -> {
                    outlet.write(frame);
                    outlet.flush();
                });
            }
        });
    }

    /** A task of the server's own, on the room's thread. Never refused: its sources are bounded. */
    void command(Runnable command) {
        mailbox.command(command);
        loop.schedule();
    }

    /** Something happened that nobody in the room asked for just now. */
    public void act(Action action) {
        command(() -> apply(action, null, 0));
    }

    /** Somebody else owns the room: everybody out, nothing is written any more. */
    void abandon() {
        command(tenure::lose);
    }

    /** {@link #shutDown}, after which there is no such room any more. */
    CompletionStage<Void> end() {
        return shutDown().thenRun(closed);
    }

    /** Takes no more requests, cancels open offers, waits for trades under way, and writes what is to be written. */
    CompletionStage<Void> shutDown() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        command(() -> {
            mailbox.close();
            open = false;
            door.savePlaces();
            // Everybody leaves at once: nobody needs to see everybody else go.
            interest.flush();
            interest.clear();
            seats.all().forEach(door::unseat);
            finish(done);
        });
        return done;
    }

    private void finish(CompletableFuture<Void> done) {
        if (rules.isSettling() && !tenure.isLost()) {
            executor.schedule(() -> command(() -> finish(done)), 10, TimeUnit.MILLISECONDS);
        } else {
            writeBehind.flush().whenComplete((nothing, failure) -> {
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
                // Whatever is done now may leave something for the next tick.
                restsUntilMillis = 0;
            }

            @Override
            public void ends() {
                try {
                    interest.flush();
                } finally {
                    thread.ends();
                }
            }
        };
    }

    @OnRoomThread
    @Override
    boolean tick(Round round, long dueMillis) {
        tick++;
        boolean due = dueMillis >= restsUntilMillis;
        if (!due && isUndisturbed()) {
            return false;
        }
        nowMillis = services.clock().millis();
        restsUntilMillis = 0;
        thread.begins();
        try {
            loop.guarded(() -> workOff(round), "a tick");
        } finally {
            thread.ends();
        }
        return !due || restsUntilMillis <= nowMillis;
    }

    private void workOff(Round round) {
        trades.sweep(nowMillis);
        if (!tenure.isOurs()) {
            seats.all().forEach(Seat::dropMove);
        } else if (seats.size() > 0 || rules.isSettling()) {
            pulse.tick(() -> step(round));
            restsUntilMillis = restsUntil();
        } else {
            restsUntilMillis = trades.dueMillis();
        }
    }

    /**
     * What others leave here without a turn of the mailbox, which ends the rest, is looked at in each tick of it: no move,
     * nobody behind, and the lease as it was.
     */
    private boolean isUndisturbed() {
        boolean isQuiet = seats.size() == 0 || (!stir.isStirred() && interest.isAtRest());
        return isQuiet && tenure.mayWrite();
    }

    /** After a tick: when the next one has something to do, if nothing happens until then. */
    private long restsUntil() {
        if (!writeBehind.isAtRest()) {
            return 0;
        }
        long nextPlacesMillis = (placesPeriod + 1) * settings.positionFlushMillis() - placesOffsetMillis;
        return Math.min(Math.min(nextPlacesMillis, trades.dueMillis()), rules.restsUntil(nowMillis));
    }

    private final class LeaseChanges implements Tenure.Changes {
        @Override
        public void suspended() {
            if (open) {
                log.warn("room {} waits: its lease could not be renewed", id);
                interest.event(Frames.encode(Frames.ALLOCATOR, Wire.suspended(id)));
                interest.flush();
            }
        }

        @Override
        public void resumed() {
            if (open) {
                log.info("room {} goes on", id);
                interest.event(Frames.encode(Frames.ALLOCATOR, Wire.resumed(id)));
                interest.refresh();
                writeBehind.flush();
            }
        }

        @Override
        public void lost() {
            writeBehind.discard();
            if (open) {
                log.warn("room {} is another server's by now: closing it here", id);
                interest.flush();
                interest.clear();
                for (Seat seat : seats.all()) {
                    seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, "another server runs the room now", 0));
                    door.unseat(seat);
                }
                // To nobody: what they caused is given back.
                interest.flush();
                close();
            }
        }
    }

    @OnRoomThread
    Tenure tenure() {
        return tenure;
    }

    /** Moves, rules, one snapshot for all. */
    private void step(Round round) {
        if (stir.take()) {
            seats.all().forEach(Seat::takeMove);
        }
        loop.guarded(() -> rules.tick(nowMillis, effects), "a tick of the rules");
        interest.tick(tick, round);
        long period = (nowMillis + placesOffsetMillis) / settings.positionFlushMillis();
        if (period != placesPeriod) {
            placesPeriod = period;
            door.savePlaces();
        }
        writeBehind.tick(nowMillis);
    }

    private void move(Seat seat, int seq, int x, int y) {
        try {
            rules.move(seat.entity, seq, x, y, nowMillis, effects);
        } catch (Throwable e) {
            seat.member.answer(failures.answer(e, "a move", seat.member, seq));
        }
    }

    private void serve(Member member, Action.ByPlayer request) {
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

    /** @return whether the rules could do it; the member, if there is one, is told when they could not */
    @OnRoomThread
    boolean apply(Action action, @Nullable Member member, int seq) {
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

    /** @return whether the rules let the member in; who asked for it tells the member */
    @OnRoomThread
    boolean admit(Action.Join join, Member member, int seq) {
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
            emptySinceMillis = nowMillis;
            door.savePlaces();
            scheduleIdleCheck();
        }
    }

    @OnRoomThread
    long nowMillis() {
        return nowMillis;
    }

    @OnRoomThread
    void remember(ChatMessage message, ChatLine line) {
        view.remember(message);
        writeBehind.chat(line, nowMillis);
    }

    private void scheduleIdleCheck() {
        executor.schedule(
                () -> command(this::closeIfIdle), settings.idleCloseSeconds() * 1_000L + 1, TimeUnit.MILLISECONDS);
    }

    private void closeIfIdle() {
        if (!open || seats.size() > 0 || nowMillis - emptySinceMillis < settings.idleCloseSeconds() * 1_000L) {
            return;
        }
        if (rules.isSettling() || !tenure.mayWrite()) {
            scheduleIdleCheck();
            return;
        }
        close();
    }

    private void close() {
        open = false;
        mailbox.close();
        if (tenure.isLost()) {
            closed.run(); // nothing is written any more
        }
        // Who asks for the room meanwhile is told that it closes: a new owner's fence would refuse what is still
        // written.
        writeBehind.flush().whenComplete((nothing, failure) -> {
            closed.run();
            services.leases().release(lease);
        });
    }
}
