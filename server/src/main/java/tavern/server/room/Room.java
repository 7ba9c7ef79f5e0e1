package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Joined;
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
public final class Room {
    private static final Logger log = LoggerFactory.getLogger(Room.class);
    private static final int TASKS_A_RUN = 256;
    private static final long SLOW_MILLIS = 50;

    private final RoomId id;
    private final RoomOptions options;
    private final Lease lease;
    private final RoomServices services;
    private final RoomSettings settings;
    private final EventExecutor executor;
    private final RoomThread thread;
    private final Runnable closed;
    private final int capacity;

    private final Mailbox mailbox;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable run = this::run;
    private final Runnable step = this::step;

    private final RoomRules rules;
    private final Seats seats = new Seats();
    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final FanOut fanOut = new FanOut();
    private final EventLog events;
    private final RoomEffects effects;
    private final WriteBehind writeBehind;
    private final ArrayDeque<ChatMessage> recentChat = new ArrayDeque<>();
    private final Failures failures;
    private final RoomPulse pulse;

    private volatile RoomInfo info;
    private int tick;
    private long nowMillis;
    private long placesSavedMillis;
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
        this.options = options;
        this.lease = lease;
        this.services = services;
        this.settings = services.settings();
        this.executor = executor;
        this.thread = new RoomThread("room " + id, executor);
        this.closed = closed;
        this.capacity =
                options.capacity() == 0 ? settings.capacity() : Math.min(options.capacity(), settings.capacity());
        this.mailbox = new Mailbox(settings.mailboxCapacity());
        this.rules = services.rules().open(id);
        this.events = new EventLog(
                settings.replayEventsMax(),
                TimeUnit.SECONDS.toMillis(settings.replaySeconds()),
                settings.replayBytesMax());
        TradeCalls trades = new TradeCalls(this, lease.fence(), services, directory);
        this.effects = new RoomEffects(this, seats, events, snapshots, fanOut, directory, trades, services.metrics());
        this.writeBehind = new WriteBehind(id, lease.fence(), services.store(), settings, executor);
        this.failures = new Failures(id, services.metrics());
        this.pulse = new RoomPulse(services.metrics(), load);
        this.nowMillis = services.clock().millis();
        this.emptySinceMillis = nowMillis;
        for (ChatLine line : history) {
            recentChat.add(ChatMessage.newBuilder()
                    .setPlayer(line.player())
                    .setText(line.text())
                    .setAtMs(line.atMillis())
                    .build());
        }
        this.info = describe(0);
        scheduleIdleCheck();
    }

    public RoomId id() {
        return id;
    }

    public RoomInfo info() {
        return info;
    }

    /** The right by which this server runs the room. */
    public Lease lease() {
        return lease;
    }

    /** An operator's question or order, answered from the room's thread. */
    public <T> CompletionStage<T> ask(Function<Room, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        command(() -> {
            try {
                answer.complete(question.apply(this));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** All there is to see of the room now. */
    @OnRoomThread
    public RoomView view() {
        thread.require();
        return new RoomView(
                info,
                open,
                lease.fence(),
                lease.state(),
                tick,
                mailbox.depth(),
                settings.mailboxCapacity(),
                pulse.waitMicros(),
                pulse.tickMicros(),
                seats.all().stream().map(this::view).toList(),
                rules.offers(),
                recentChat.stream()
                        .map(line -> new ChatLine(line.getPlayer(), line.getText(), line.getAtMs()))
                        .toList());
    }

    private RoomView.MemberView view(Seat seat) {
        int entity = seat.entity;
        return new RoomView.MemberView(
                seat.member.player().name(),
                entity,
                snapshots.sentX(entity),
                snapshots.sentY(entity),
                seat.outlet != null);
    }

    /** To each member, connected or not. @return how many there are */
    @OnRoomThread
    public int tellAll(Supplier<ServerMessage.Builder> message) {
        thread.require();
        seats.all().forEach(seat -> seat.member.deliver(message.get()));
        return seats.size();
    }

    /** By an operator's wish: everybody out; completes when trades under way have ended and all is written. */
    public CompletionStage<Void> dissolve(String text) {
        command(() -> seats.all().forEach(seat -> seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, text, 0))));
        return shutDown().thenRun(closed);
    }

    /** A member asks for something. What is not taken on is answered at once. */
    public void offer(Member member, Action.ByPlayer request) {
        services.metrics().requests.increment();
        Mailbox.Offer offer = mailbox.offer(pulse.timed(() -> serve(member, request)));
        switch (offer) {
            case ACCEPTED -> schedule();
            case FULL -> {
                services.metrics().requestsRefusedFull.increment();
                String text = "room " + id + " has " + settings.mailboxCapacity()
                        + " actions waiting; raise room.mailbox-capacity or use more rooms";
                member.answer(Wire.error(request.seq(), ErrorCode.BUSY, text, 1_000L / settings.tickHz()));
            }
            case CLOSED -> member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
        }
    }

    /** How a join ended. */
    public enum Joining {
        SEATED,
        FULL,
        /** The room closed meanwhile: open it again. */
        CLOSED,
        /** The session ended meanwhile. */
        ENDED,
        FAILED
    }

    /** Completes on the room's thread; {@code Joined} has been sent by then. */
    public CompletionStage<Joining> join(Member member, PlayerRecord player, @Nullable Position at, int replyTo) {
        CompletableFuture<Joining> joining = new CompletableFuture<>();
        command(() -> joining.complete(seat(member, player, at, replyTo)));
        return joining;
    }

    /** Completes on the room's thread once the member has no seat, whether or not it had one. */
    public CompletionStage<Void> leave(Member member) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        command(() -> {
            Seat seat = seats.of(member);
            if (seat != null) {
                unseat(seat);
            }
            left.complete(null);
        });
        return left;
    }

    /** The connection is lost: the seat is kept, nothing is sent any more. */
    public void detach(Member member, Outlet outlet) {
        command(() -> {
            Seat seat = seats.of(member);
            if (seat != null && seat.outlet == outlet) {
                seat.outlet = null;
                fanOut.remove(outlet);
            }
        });
    }

    /** What a session does before the room's part of a resume. */
    public interface Resumption {
        /** Sends {@code Welcome} and the personal events. Called on the room's thread. @return whether it may go on */
        boolean welcome();

        /** The room cannot replay, or has no seat for the member. Called on the room's thread. */
        void refused();
    }

    /** P-20: the member is back on another connection. @param lastSeq negative: the client knows nothing of the room */
    public void resume(Member member, Outlet outlet, MoveSlot moves, long lastSeq, Resumption resumption) {
        command(() -> {
            Seat seat = seats.of(member);
            if (seat == null || (lastSeq >= 0 && !events.covers(lastSeq))) {
                resumption.refused();
            } else if (resumption.welcome()) {
                reattach(seat, outlet, moves, lastSeq);
            }
        });
    }

    /** A task of the server's own, on the room's thread. Never refused: its sources are bounded. */
    void command(Runnable command) {
        mailbox.command(command);
        schedule();
    }

    /** Something happened that nobody in the room asked for just now. */
    public void act(Action action) {
        command(() -> apply(action, null, 0));
    }

    /** Somebody else owns the room: everybody out, nothing is written any more. */
    void abandon() {
        command(() -> {
            thread.require();
            if (!open) {
                return;
            }
            writeBehind.discard();
            for (Seat seat : seats.all()) {
                seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, "another server runs the room now", 0));
                unseat(seat);
            }
            close();
        });
    }

    /** Takes no more requests, cancels open offers, waits for trades under way, and writes what is to be written. */
    CompletionStage<Void> shutDown() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        command(() -> {
            mailbox.close();
            open = false;
            savePlaces(true);
            // Everybody leaves at once: nobody needs to see everybody else go.
            fanOut.flush(null, null);
            fanOut.clear();
            seats.all().forEach(this::unseat);
            finish(done);
        });
        return done;
    }

    private void finish(CompletableFuture<Void> done) {
        if (rules.isSettling()) {
            executor.schedule(() -> command(() -> finish(done)), 10, TimeUnit.MILLISECONDS);
        } else {
            writeBehind.flush().whenComplete((nothing, failure) -> {
                services.leases().release(lease);
                done.complete(null);
            });
        }
    }

    // ---- the room's thread ----

    private void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            pulse.woken();
            executor.execute(run);
        }
    }

    private void run() {
        long started = services.clock().millis();
        nowMillis = started;
        pulse.begins();
        Runnable task;
        for (int i = 0; i < TASKS_A_RUN && (task = mailbox.poll()) != null; i++) {
            guarded(task, "a command");
        }
        guarded(() -> fanOut.flush(null, null), "sending");
        long took = services.clock().millis() - started;
        if (took > SLOW_MILLIS) {
            log.warn("room {} worked {} ms at one go with {} requests waiting", id, took, mailbox.depth());
        }
        pulse.ends();
        scheduled.set(false);
        if (!mailbox.isEmpty()) {
            schedule();
        }
    }

    /** Whatever is thrown, out of memory included: the room goes on, or nobody in it would ever hear of it again. */
    private void guarded(Runnable task, String doing) {
        try {
            task.run();
        } catch (Throwable e) {
            failures.report(e, doing);
        }
    }

    /** One step of the room's time. Never throws: the other rooms of the thread tick after this one. */
    @OnRoomThread
    void tick() {
        thread.require();
        guarded(
                () -> {
                    if (seats.size() > 0 || rules.isSettling()) {
                        pulse.tick(step);
                    }
                },
                "a tick");
    }

    /** Moves, rules, one snapshot for all. */
    private void step() {
        nowMillis = services.clock().millis();
        tick++;
        for (Seat seat : seats.all()) {
            seat.takeMove();
        }
        guarded(() -> rules.tick(nowMillis, effects), "a tick of the rules");
        sendSnapshot();
        savePlaces(false);
        writeBehind.tick(nowMillis);
    }

    private void sendSnapshot() {
        int previousTick = snapshots.sentTick();
        ByteBuf frame = snapshots.encode(tick, PooledByteBufAllocator.DEFAULT);
        FanOut.State snapshot = frame == null ? null : new FanOut.State(frame, tick, previousTick);
        FanOut.State fullState = null;
        if (fanOut.anyNeedsState()) {
            ServerMessage state =
                    ServerMessage.newBuilder().setFullState(fullState()).build();
            fullState = new FanOut.State(Frames.encode(PooledByteBufAllocator.DEFAULT, state), snapshots.sentTick(), 0);
        }
        fanOut.flush(snapshot, fullState);
    }

    private void move(Seat seat, int seq, int x, int y) {
        try {
            rules.move(seat.entity, seq, x, y, nowMillis, effects);
        } catch (Throwable e) {
            seat.member.answer(failures.answer(e, "a move", seq));
        }
    }

    private void serve(Member member, Action.ByPlayer request) {
        if (!open) {
            member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
        } else if (seats.of(member) == null) {
            member.answer(Wire.error(request.seq(), ErrorCode.NOT_IN_ROOM, "not in room " + id, 0));
        } else {
            apply(request, member, request.seq());
        }
    }

    private boolean apply(Action action, @Nullable Member member, int seq) {
        thread.require();
        try {
            rules.apply(action, nowMillis, effects);
            return true;
        } catch (Throwable e) {
            ServerMessage answer = failures.answer(e, action.getClass().getSimpleName(), seq);
            if (member != null) {
                member.answer(answer);
            }
            return false;
        }
    }

    private Joining seat(Member member, PlayerRecord player, @Nullable Position at, int replyTo) {
        thread.require();
        Seat present = seats.get(member.player().id());
        if (!open) {
            return Joining.CLOSED;
        }
        if (present != null && present.member == member) {
            fanOut.flush(null, null);
            sendJoined(present, replyTo);
            return Joining.SEATED;
        }
        if (present != null) {
            unseat(present);
        }
        if (seats.size() >= capacity) {
            return Joining.FULL;
        }
        MoveSlot moves = new MoveSlot();
        Member.Presence presence = member.entered(this, moves);
        if (presence.ended()) {
            return Joining.ENDED;
        }
        Seat seat = new Seat(member, moves, this::move);
        seats.add(seat);
        Action.Join join = new Action.Join(member.player(), player.inventory(), at, player.mutedUntilMillis());
        if (!apply(join, null, replyTo)) {
            seats.remove(seat);
            member.left(this);
            return Joining.FAILED;
        }
        // What happened so far, the newcomer's own coming included, is for those who were here before.
        fanOut.flush(null, null);
        info = describe(seats.size());
        seat.outlet = presence.outlet();
        sendJoined(seat, replyTo);
        if (seat.outlet != null) {
            fanOut.add(seat.outlet);
        }
        return Joining.SEATED;
    }

    private void unseat(Seat seat) {
        thread.require();
        if (seat.outlet != null) {
            fanOut.flush(null, null);
            fanOut.remove(seat.outlet);
        }
        writeBehind.position(seat.player(), place(seat));
        writeBehind.flushPositions();
        // The seat is there for as long as the rules have answers for it.
        apply(new Action.Leave(seat.player()), null, 0);
        seats.remove(seat);
        seat.member.left(this);
        info = describe(seats.size());
        if (seats.size() == 0) {
            emptySinceMillis = nowMillis;
            savePlaces(true);
            scheduleIdleCheck();
        }
    }

    private void reattach(Seat seat, Outlet outlet, MoveSlot moves, long lastSeq) {
        if (seat.outlet != null) {
            fanOut.remove(seat.outlet);
        }
        // The last move over the old connection may have come after the last tick.
        seat.takeMove();
        fanOut.flush(null, null);
        seat.outlet = outlet;
        seat.moves = moves;
        if (lastSeq < 0) {
            sendJoined(seat, 0);
        } else {
            List<byte[]> missed = events.after(lastSeq);
            ServerMessage state =
                    ServerMessage.newBuilder().setFullState(fullState()).build();
            send(outlet, missed, state);
        }
        fanOut.add(outlet);
    }

    private void sendJoined(Seat seat, int replyTo) {
        if (seat.outlet == null) {
            return;
        }
        Joined.Builder joined = Joined.newBuilder()
                .setRoom(id.name())
                .setSelf(seat.entity)
                .setState(fullState())
                .addAllRecentChat(recentChat)
                .setOptions(tavern.protocol.v1.RoomOptions.newBuilder()
                        .setCapacity(capacity)
                        .setUnlisted(options.unlisted())
                        .putAllMetadata(options.metadata()))
                .setMapWidth(services.game().mapWidth())
                .setMapHeight(services.game().mapHeight())
                .setMaxSpeed(services.game().maxSpeed())
                .setFence(lease.fence());
        ServerMessage message = ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setRoomSeq(events.lastSeq())
                .setJoined(joined)
                .build();
        send(seat.outlet, List.of(), message);
    }

    /** Events, then a message with the full state as of the last snapshot, in one task on the outlet's loop. */
    private void send(Outlet outlet, List<byte[]> missed, ServerMessage state) {
        int asOf = snapshots.sentTick();
        ByteBuf frame = Unpooled.wrappedBuffer(Frames.copyOf(state));
        outlet.loop().execute(() -> {
            for (byte[] event : missed) {
                outlet.write(Unpooled.wrappedBuffer(event));
            }
            outlet.write(frame);
            outlet.inStep(asOf);
            outlet.flush();
        });
    }

    private FullState fullState() {
        FullState.Builder state = FullState.newBuilder().setTick(snapshots.sentTick());
        for (Seat seat : seats.all()) {
            state.addEntities(tavern.protocol.v1.Entity.newBuilder()
                    .setId(seat.entity)
                    .setPlayer(seat.member.player().name())
                    .setX(snapshots.sentX(seat.entity))
                    .setY(snapshots.sentY(seat.entity))
                    .setSeq(snapshots.sentSeq(seat.entity)));
        }
        return state.build();
    }

    @OnRoomThread
    long nowMillis() {
        return nowMillis;
    }

    @OnRoomThread
    void remember(ChatMessage message, ChatLine line) {
        recentChat.addLast(message);
        if (recentChat.size() > settings.chatHistory()) {
            recentChat.removeFirst();
        }
        writeBehind.chat(line, nowMillis);
    }

    private Position place(Seat seat) {
        return new Position(snapshots.sentX(seat.entity), snapshots.sentY(seat.entity));
    }

    private void savePlaces(boolean now) {
        if (!now && nowMillis - placesSavedMillis < settings.positionFlushMillis()) {
            return;
        }
        placesSavedMillis = nowMillis;
        for (Seat seat : seats.all()) {
            Position place = place(seat);
            if (!place.equals(seat.saved)) {
                seat.saved = place;
                writeBehind.position(seat.player(), place);
            }
        }
        writeBehind.flush();
    }

    private void scheduleIdleCheck() {
        executor.schedule(
                () -> command(this::closeIfIdle), settings.idleCloseSeconds() * 1_000L + 1, TimeUnit.MILLISECONDS);
    }

    private void closeIfIdle() {
        if (!open || seats.size() > 0 || nowMillis - emptySinceMillis < settings.idleCloseSeconds() * 1_000L) {
            return;
        }
        if (rules.isSettling()) {
            scheduleIdleCheck();
            return;
        }
        close();
    }

    private void close() {
        open = false;
        mailbox.close();
        closed.run();
        writeBehind.flush().whenComplete((nothing, failure) -> services.leases().release(lease));
    }

    private RoomInfo describe(int players) {
        return new RoomInfo(id, players, capacity, options.unlisted(), options.metadata());
    }
}
