package tavern.server.room;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import tavern.engine.GameRoom;
import tavern.engine.Output;
import tavern.engine.RoomScene;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.game.Scene;
import tavern.server.game.Entity;
import tavern.server.game.MoveCheck;
import tavern.server.game.RoomRules;
import tavern.server.guard.PacedLog;

/**
 * The scene of a room whose game has things that move: it hears where players go, and what the game's ticks change in it is told with
 * the room's next snapshot.
 *
 * <pre>
 *   rules ──moves──► RoomEffects ──► RunningScene ──► RoomScene ◄──tick── game
 *                        │                │ NPCs, attributes, places
 *                        ▼                ▼
 *                     Interest ◄──────────┘
 * </pre>
 */
@OnRoomThread
final class RunningScene implements RoomScene.Changes, RoomEffects.Entities, MoveCheck {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(RunningScene.class));

    private final RoomId room;
    private final String type;
    private final GameRoom engine;
    private final RoomRules rules;
    private final Seats seats;
    private final Interest interest;
    private final RoomEffects effects;
    private final RoomMetrics metrics;
    private final TurnMeter meter;
    private final RuleFailureLog failures;
    private final RoomScene scene;
    private final int npcsMax;

    /** The time from one tick to the next. */
    private final long slowNanos;

    RunningScene(
            RoomId room,
            RoomType type,
            RoomOptions options,
            GameRoom engine,
            RoomRules rules,
            Seats seats,
            Interest interest,
            RoomEffects effects,
            RoomServices services,
            TurnMeter meter,
            RuleFailureLog failures) {
        this.room = room;
        this.type = type.name();
        this.engine = engine;
        this.rules = rules;
        this.seats = seats;
        this.interest = interest;
        this.effects = effects;
        this.metrics = services.metrics();
        this.meter = meter;
        this.failures = failures;
        this.slowNanos = TimeUnit.SECONDS.toNanos(1) / services.settings().tickHz() * type.tickEvery();
        this.npcsMax = type.npcs();
        // The rules give players the smallest ids that are free.
        this.scene = new RoomScene(
                services.settings().capacityOf(options),
                npcsMax,
                services.game().mapWidth(),
                services.game().mapHeight(),
                room.name().hashCode() ^ services.clocks().wall().millis(),
                this);
        effects.tell(this);
        rules.checkMoves(this);
    }

    List<RoomScene.Thing> things() {
        return scene.things();
    }

    int npcs() {
        return scene.npcs();
    }

    /** A page of what is there. @param after the number after which it begins */
    SceneReport report(int after, int max) {
        List<RoomScene.Thing> found = scene.things(after, max + 1);
        boolean isLast = found.size() <= max;
        List<SceneReport.ThingView> page =
                found.stream().limit(max).map(this::view).toList();
        return new SceneReport(
                scene.npcs(), npcsMax, page, isLast ? 0 : page.get(max - 1).entity());
    }

    private SceneReport.ThingView view(RoomScene.Thing thing) {
        PlayerId player = scene.player(thing.entity());
        Seat seat = player == null ? null : seats.get(player);
        String name = seat == null ? "" : seat.member.player().name();
        List<String> attributes =
                thing.attributes().stream().map(String::valueOf).toList();
        return new SceneReport.ThingView(thing.entity(), thing.kind(), name, thing.x(), thing.y(), attributes);
    }

    /** Goes on with the scene of another server; the next snapshot tells of it. */
    void restore(List<RoomScene.Thing> things) {
        scene.restore(things);
    }

    /** @param behindMillis P-112: how far the room's time is behind the clock */
    List<Output> tick(long dateMillis, long behindMillis) {
        long started = metrics.nanos();
        List<Output> outputs = engine.move(scene, dateMillis, behindMillis);
        long took = metrics.nanos() - started;
        if (took > slowNanos) {
            metrics.slowTicks(type).increment();
            log.warn(
                    "a tick of the game in room {} of type {} took {} ms, which delays all rooms of its thread;"
                            + " the next is due after {} ms",
                    room,
                    type,
                    TimeUnit.NANOSECONDS.toMillis(took),
                    TimeUnit.NANOSECONDS.toMillis(slowNanos));
        }
        return outputs;
    }

    /** P-86: told with the tick's snapshot. */
    void tell(Output.TellVolatile told) {
        Outlet to = null; // everybody
        if (told.who() != null) {
            Seat seat = seats.get(told.who());
            to = seat == null ? null : seat.outlet;
            if (to == null) {
                return;
            }
        }
        ByteBuf frame = Frames.encode(Frames.ALLOCATOR, Wire.volatileEvent(told.what()));
        interest.volatileEvent(frame, to);
    }

    // ---- what the rules do ----

    @Override
    public void entered(Entity entity) {
        scene.entered(entity.id(), entity.player().id(), entity.x(), entity.y());
    }

    @Override
    public void moved(int entity, int x, int y) {
        scene.moved(entity, x, y);
    }

    @Override
    public void left(int entity) {
        scene.left(entity);
    }

    // Whatever the game throws, the player has to be told where he stands.
    @SuppressWarnings("IllegalCatch")
    @Override
    public boolean mayMove(int entity, int x, int y) {
        long began = metrics.nanos();
        try {
            return engine.mayMove(scene, entity, x, y);
        } catch (Throwable e) {
            failures.report(e, "the check of a move", "");
            return false;
        } finally {
            meter.took(metrics.nanos() - began, () -> "mayMove");
        }
    }

    // ---- what the game does ----

    @Override
    public void spawned(int entity, int kind, int x, int y) {
        interest.appear(entity, kind, x, y);
    }

    @Override
    public void removed(int entity) {
        interest.vanish(entity);
    }

    @Override
    public void placed(int entity, int x, int y) {
        if (scene.kind(entity) == Scene.PLAYER) {
            rules.place(entity, x, y, effects);
        } else {
            interest.moved(entity, x, y, 0);
        }
    }

    @Override
    public void set(int entity, int attribute, long value) {
        interest.attribute(entity, attribute, value);
    }
}
