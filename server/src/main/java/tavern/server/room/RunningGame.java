package tavern.server.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.engine.Commit;
import tavern.engine.EngineLimits;
import tavern.engine.FlightRecorder;
import tavern.engine.GameRoom;
import tavern.engine.Output;
import tavern.engine.RecordingFile;
import tavern.game.Admission;
import tavern.game.GameType;
import tavern.game.Kept;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.GameTime;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.game.PersonalEvent;
import tavern.server.game.RoomEvent;
import tavern.server.game.RoomRules;
import tavern.server.guard.PacedLog;
import tavern.server.store.Causes;
import tavern.server.store.KeptGame;
import tavern.server.store.Stages;

/**
 * A room's game on this server: what happens in the room goes into the engine, and what comes out of it is carried out.
 *
 * <pre>
 *   Room, door, rules ──► RunningGame ──► GameRoom (tavern.engine)
 *                             │  ▲
 *                    Output   ▼  │ committed, refused
 *                  members, TurnStoreClient, SignalPost, CallPost
 * </pre>
 */
@OnRoomThread
final class RunningGame implements GameHost, GameRules.Beside, TurnStoreClient.Turns {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(RunningGame.class));
    private static final SecureRandom SEEDS = new SecureRandom();

    private final Room room;
    private final RoomServices services;
    private final Seats seats;
    private final RuleFailureLog failures;
    private final GameRules rules;
    private final GameRoom engine;
    private final FlightRecorder recorder;
    private final TurnMeter meter;
    private final TurnStoreClient store;
    private final SignalPost signals;
    private final CallPost calls;
    private final MembersGoods belongings;
    private final GameTime time = new GameTime();
    private final TurnMemory.Share memory;

    /** Null for a game in which nothing moves. */
    private final @Nullable RunningScene scene;

    private final List<Incoming> incoming = new ArrayList<>();
    private final CompletableFuture<Void> open = new CompletableFuture<>();

    /** What is still to be carried out: carrying it out may put out more. */
    private final ArrayDeque<Output> outputs = new ArrayDeque<>();

    /** With the version of the game that runs: an earlier one is to be forgotten. */
    private volatile RoomType type;

    /** How the room begins; null once it has. */
    private @Nullable RoomPlan plan;

    /** Who is in a room that has come from another server, before it begins. */
    private final Map<PlayerId, SeatGoods> moved = new HashMap<>();

    private boolean isCarryingOut;
    private boolean isOver;

    /** A signal that is not durable here yet. */
    private record Incoming(RoomId from, long number, CompletableFuture<Boolean> isThere) {}

    RunningGame(
            Room room,
            RoomPlan plan,
            RoomType type,
            RoomRules builtIn,
            RoomServices services,
            Seats seats,
            RuleFailureLog failures,
            PlayerDirectory directory,
            Neighbours neighbours,
            Interest interest,
            RoomEffects effects) {
        this.room = room;
        this.plan = plan;
        this.type = type;
        this.services = services;
        this.seats = seats;
        this.failures = failures;
        this.rules = new GameRules(builtIn, seats, this);
        this.belongings = new MembersGoods(builtIn);
        this.memory = services.turns().share();
        this.recorder = services.recordings().recorder(type);
        this.meter = new TurnMeter(room.id(), type, services.metrics());
        this.engine = new GameRoom(type.game(), room.id(), EngineLimits.DEFAULT, type.settings(), recorder, meter);
        this.store = new TurnStoreClient(
                room,
                new CommitTransactions(
                        room.id(),
                        type.name(),
                        type.game().name(),
                        room.lease().fence(),
                        services.feed(),
                        services.clocks()),
                services,
                new GoodsNews(room, seats, services.players(), directory),
                this);
        this.scene = engine.isMoving()
                ? new RunningScene(
                        room.id(),
                        type,
                        plan.options(),
                        engine,
                        builtIn,
                        seats,
                        interest,
                        effects,
                        services,
                        meter,
                        failures)
                : null;
        this.signals = new SignalPost(room, neighbours, number -> carryOut(engine.arrived(number, date())));
        this.calls = new CallPost(
                room, services.calls(), (number, reply) -> carryOut(engine.answered(number, reply, date())));
    }

    /** The date, which is what games know of time. */
    private long date() {
        return services.clocks().wall().millis();
    }

    // ---- what happens in the room ----

    @Override
    public CompletionStage<Void> begin() {
        RoomPlan how = Objects.requireNonNull(plan);
        plan = null;
        KeptGame kept = how.kept();
        carryOut(
                kept == null
                        ? engine.begin(how.chosen(), SEEDS.nextLong(), date())
                        : engine.restore(
                                kept.revision(), UnsafeByteOperations.unsafeWrap(kept.state()), moved, date()));
        return open;
    }

    @Override
    public MovedScene scene(long nowMillis) {
        return scene == null
                ? MovedScene.NONE
                : new MovedScene(scene.things(), engine.sceneMillis(), time.behind(nowMillis));
    }

    @Override
    public void restore(Map<PlayerId, Map<String, Kept>> values, MovedScene before, long nowMillis) {
        values.forEach((player, known) -> moved.put(player, belongings.joined(player, known, List.of())));
        if (scene != null) {
            scene.restore(before.things());
            engine.sceneGoesOn(before.millis());
            time.goOn(before.behindMillis(), nowMillis);
        }
    }

    @Override
    public RoomRules rules() {
        return rules;
    }

    @Override
    public RoomType type() {
        return type;
    }

    @Override
    public Set<String> keeps() {
        return type.game().keeps();
    }

    @Override
    public boolean admitsFirst() {
        return true;
    }

    @Override
    public Admission.Whole admit(Player who, ByteString ticket) {
        Admission admission = meter.time("admit", () -> engine.admit(who, ticket));
        if (admission instanceof Admission.Refusal refusal) {
            throw new RefusedException(refusal.code(), refusal.text());
        }
        if (admission == Admission.Whole.SPECTATOR && !type.spectators()) {
            throw new RefusedException(ErrorCode.NOT_ALLOWED, "rooms of type " + type.name() + " have no spectators");
        }
        return (Admission.Whole) admission;
    }

    // What a game throws must not keep the player from what else there is to see.
    @SuppressWarnings("IllegalCatch")
    @Override
    public void describe(Seat seat, Joined.Builder joined) {
        joined.setType(type.name()).setSpectator(seat.isSpectator);
        try {
            joined.setView(meter.time("view", () -> engine.view(new Viewer(seat.member.player(), seat.isSpectator))));
        } catch (Throwable e) {
            failures.report(e, "a view", "");
        }
    }

    @Override
    public void joined(Seat seat, Map<String, Kept> values) {
        SeatGoods own = belongings.joined(seat.player(), values, engine.pending());
        carryOut(engine.joined(seat.member.player(), own, date()));
    }

    @Override
    public void dropped(Seat seat) {
        carryOut(engine.dropped(seat.player(), date()));
    }

    @Override
    public void returned(Seat seat) {
        carryOut(engine.returned(seat.player(), date()));
    }

    @Override
    public void leaves(PlayerId player) {
        belongings.leaves(player);
    }

    @Override
    public void left(Seat seat) {
        carryOut(engine.left(seat.player(), date()));
        forgetLeavers();
    }

    private void forgetLeavers() {
        belongings.forget(player -> !isOver && engine.isLeaving(player));
    }

    @Override
    public CompletionStage<Void> settled(PlayerId player) {
        return belongings.settled(player);
    }

    @Override
    public void said(Action.Custom message) {
        if (!services.turns().hasSpaceFor(message.payload().length)) {
            String text = "turns of all rooms together wait with "
                    + services.turns().bytesMax() + " bytes already (games.turns-total-bytes)";
            room.effects().refuse(message.player(), message.seq(), ErrorCode.BUSY, text);
            return;
        }
        carryOut(engine.said(
                message.player(),
                message.seq(),
                message.request(),
                UnsafeByteOperations.unsafeWrap(message.payload()),
                date()));
    }

    @Override
    public CompletionStage<Boolean> signalled(RoomId from, long number, ByteString what) {
        if (isOver) {
            return CompletableFuture.completedFuture(false);
        }
        Incoming signal = new Incoming(from, number, new CompletableFuture<>());
        incoming.removeIf(
                before -> before.from().equals(from) && before.isThere().complete(false));
        incoming.add(signal);
        carryOut(engine.signalled(from, number, what, date()));
        return signal.isThere();
    }

    @Override
    public void passTime(int permille, long nowMillis) {
        time.pass(permille, nowMillis);
    }

    @Override
    public void tick(long nowMillis) {
        if (isOver) {
            return;
        }
        store.tick();
        signals.tick(nowMillis);
        long date = date();
        if (dueMillis() <= date) {
            carryOut(engine.tick(date));
        }
        if (scene != null && seats.size() > 0 && room.isLive()) {
            carryOut(scene.tick(date, time.behind(nowMillis)));
        }
    }

    /** A room that ends waits for the turns that it has, and begins no others. */
    private long dueMillis() {
        return room.isLive() ? engine.dueMillis() : Long.MAX_VALUE;
    }

    @Override
    public long restsUntil(long nowMillis) {
        if (isOver) {
            return Long.MAX_VALUE;
        }
        if (scene != null && seats.size() > 0) {
            return nowMillis;
        }
        long dueMillis = dueMillis();
        long timersMillis = dueMillis == Long.MAX_VALUE ? dueMillis : nowMillis + Math.max(0, dueMillis - date());
        return Math.min(timersMillis, Math.min(store.dueMillis(), signals.dueMillis()));
    }

    @Override
    public boolean isSettling() {
        // Before it is open, a room that nobody is in yet is not idle; nor is one that would be opened again at once,
        // for an answer. A room that ends does not wait for answers: its next life makes the calls again.
        boolean waits = !open.isDone() || (room.isLive() && (!calls.isEmpty() || engine.isRetryingAnswers()));
        return !isOver && (waits || engine.isSettling());
    }

    @Override
    public Runnable readBy(GameType<?, ?, ?> other) {
        Runnable swap = engine.readBy(other);
        return () -> {
            swap.run();
            type = type.withGame(other);
        };
    }

    @Override
    public Optional<GameReport> report() {
        return engine.isOpen()
                ? Optional.of(new GameReport(
                        type.name(),
                        type.game().name(),
                        type.isRecorded(),
                        engine.summary(),
                        scene == null ? null : scene.npcs()))
                : Optional.empty();
    }

    @Override
    public Optional<SceneReport> scene(int after, int max) {
        return scene == null ? Optional.empty() : Optional.of(scene.report(after, max));
    }

    @Override
    public RecordingFile recording() {
        return engine.recording(services.recordings().header(type, date()));
    }

    @Override
    public void stop() {
        if (recorder.isOn()) {
            RecordingFile recording = recording();
            recorder.close();
            services.recordings().keep(room.id(), recording);
        }
        isOver = true;
        memory.set(0);
        meter.stop();
        store.stop();
        calls.stop();
        open.completeExceptionally(new RefusedException(ErrorCode.ROOM_CLOSED, "room " + room.id() + " is closing"));
        incoming.forEach(signal -> signal.isThere().complete(false));
        incoming.clear();
        forgetLeavers();
    }

    // ---- what the store answers ----

    @Override
    public List<Commit> pending() {
        return engine.pending();
    }

    @Override
    public boolean isOldest(long revision) {
        return engine.isOldest(revision);
    }

    @Override
    public void committed(long revision) {
        belongings.committed(revision);
        carryOut(engine.committed(revision, date()));
        forgetLeavers();
    }

    @Override
    public void refused(long revision, ErrorCode code, String text) {
        belongings.refused(revision);
        carryOut(engine.refused(revision, code, text, date()));
        forgetLeavers();
    }

    @Override
    public void goodsChanged(PlayerId player, GoodsChange change) {
        belongings.changed(player, change);
    }

    @Override
    public void goodsRead(PlayerId player, Inventory inventory) {
        belongings.read(player, inventory);
    }

    @Override
    public void valueRead(PlayerId holder, String key, Kept value) {
        belongings.keep(holder, key, value);
    }

    @Override
    public void lost(String why) {
        failures.report(new IllegalStateException(why), "keeping its game, and is opened anew", "");
        stop();
        room.dissolve("the room is opened anew; join again");
    }

    // ---- what the engine puts out ----

    // What one output fails at must not keep the others from being carried out.
    @SuppressWarnings("IllegalCatch")
    private void carryOut(List<Output> more) {
        memory.set(isOver ? 0 : engine.turnBytes());
        if (more.isEmpty() && !isCarryingOut && open.isDone() && incoming.isEmpty()) {
            return;
        }
        outputs.addAll(more);
        if (isCarryingOut) {
            return; // in their order, behind those that caused them
        }
        isCarryingOut = true;
        try {
            for (Output next = outputs.poll(); next != null; next = outputs.poll()) {
                try {
                    carryOut(next);
                } catch (Throwable e) {
                    failures.report(e, next.getClass().getSimpleName(), "");
                }
            }
        } finally {
            isCarryingOut = false;
        }
        if (engine.isOpen()) {
            open.complete(null);
        } else if (!engine.isSettling()) {
            open.completeExceptionally(new RefusedException(
                    ErrorCode.UNAVAILABLE, "the game could not open room " + room.id() + "; see the server's log"));
        }
        incoming.removeIf(signal ->
                engine.knows(signal.from(), signal.number()) && signal.isThere().complete(true));
    }

    private void carryOut(Output output) {
        Effects effects = room.effects();
        if (output instanceof Output.Submit submit) {
            belongings.submitted(submit.commit());
            meter.submitted(submit.commit().revision());
            store.submit(submit.commit());
        } else if (output instanceof Output.TellAll told && told.except() == null) {
            effects.toRoom(new RoomEvent.Custom(0, told.what().toByteArray()));
        } else if (output instanceof Output.TellAll told) {
            for (Seat seat : seats.all()) {
                if (!seat.player().equals(told.except())) {
                    tell(seat.player(), told.what());
                }
            }
        } else if (output instanceof Output.Tell told) {
            tell(told.who(), told.what());
        } else if (output instanceof Output.Done done) {
            if (seats.get(done.who()) != null) {
                effects.toPlayer(done.who(), done.seq(), new PersonalEvent.TurnDone());
            }
        } else if (output instanceof Output.Refused refused) {
            effects.refuse(refused.who(), refused.seq(), refused.code(), refused.text());
        } else {
            carryOutRest(output);
        }
    }

    private void carryOutRest(Output output) {
        if (output instanceof Output.Broken broken) {
            Seat seat = seats.get(broken.who());
            if (seat == null) {
                failures.report(broken.failure(), "a turn", "");
            } else {
                seat.member.answer(failures.answer(broken.failure(), "a turn", seat.member, broken.seq()));
            }
        } else if (output instanceof Output.Failed failed) {
            failures.report(failed.failure(), failed.what(), "");
        } else if (output instanceof Output.PutOut putOut) {
            Seat seat = seats.get(putOut.who());
            if (seat != null) {
                seat.member.answer(Wire.error(0, putOut.code(), putOut.text(), 0));
                room.unseat(seat);
                seat.member.answer(Wire.left(0, room.id().name()));
            }
        } else if (output instanceof Output.Send sent) {
            Seat seat = seats.get(sent.who().id());
            if (seat != null) {
                seat.member.send(sent.to(), sent.ticket());
            }
        } else if (output instanceof Output.Signal signal) {
            signals.add(signal);
        } else if (output instanceof Output.TellVolatile told && scene != null) {
            scene.tell(told);
        } else if (output instanceof Output.Call call) {
            calls.add(call);
        } else if (output instanceof Output.Read read) {
            read(read);
        } else {
            throw new IllegalStateException(
                    "nobody carries out " + output.getClass().getName());
        }
    }

    private void read(Output.Read wanted) {
        AbsentReads reads = new AbsentReads(services.accounts(), type.game().keeps());
        Stages.begin(() -> reads.read(wanted.reads()))
                .whenComplete((goods, failure) -> room.command(() -> {
                    if (isOver) {
                        return;
                    }
                    if (failure == null) {
                        carryOut(engine.read(wanted.number(), goods, date()));
                    } else {
                        String text = "what the turn needs to know cannot be read now";
                        log.info(
                                "{} in room {}: {}",
                                text,
                                room.id(),
                                String.valueOf(Causes.of(failure).getMessage()));
                        carryOut(engine.unread(wanted.number(), ErrorCode.UNAVAILABLE, text, date()));
                    }
                }));
    }

    /** Somebody who has left by now is told nothing. */
    private void tell(PlayerId who, ByteString what) {
        if (seats.get(who) != null) {
            room.effects().toPlayer(who, 0, new PersonalEvent.Custom(0, what.toByteArray()));
        }
    }
}
