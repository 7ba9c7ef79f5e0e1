package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.server.game.RoomRules;
import tavern.server.guard.ReplayLog;
import tavern.server.room.moving.MovingRoom;

/**
 * P-108: how a room moves to another server while players are in it.
 *
 * <p>{@link #begin}, then {@link #halt}, then {@link #complete}; {@link #callOff} instead of either of the last two
 * ({@link RoomLife}). A room that is leaving lets nobody in and begins no turns by itself; what its members have asked for
 * is done. A room that is halted does nothing: all that is asked of it waits. Methods may be called from any thread.
 */
public final class RoomMove {
    private static final long TRY_MILLIS = 5;

    /** So long after the room has come here it stays, if there are players who have not come yet. */
    private static final long ARRIVAL_MILLIS = 3_000;

    private final Room room;
    private final EventExecutor executor;
    private final RoomThread thread;
    private final RoomLoop loop;
    private final RoomTicks ticks;
    private final RoomLife life;
    private final RoomEnding ending;
    private final Tenure tenure;
    private final Seats seats;
    private final Interest interest;
    private final ReplayLog events;
    private final RoomRules rules;
    private final WriteBehind writeBehind;
    private final PlaceSaves places;
    private final RoomPacker packer;

    /** Confined to the room's thread. */
    private @Nullable CompletableFuture<MovingRoom> halting;

    RoomMove(
            Room room,
            EventExecutor executor,
            RoomThread thread,
            RoomLoop loop,
            RoomTicks ticks,
            RoomLife life,
            RoomEnding ending,
            Tenure tenure,
            Seats seats,
            Interest interest,
            ReplayLog events,
            RoomRules rules,
            WriteBehind writeBehind,
            PlaceSaves places,
            RoomPacker packer) {
        this.room = room;
        this.executor = executor;
        this.thread = thread;
        this.loop = loop;
        this.ticks = ticks;
        this.life = life;
        this.ending = ending;
        this.tenure = tenure;
        this.seats = seats;
        this.interest = interest;
        this.events = events;
        this.rules = rules;
        this.writeBehind = writeBehind;
        this.places = places;
        this.packer = packer;
    }

    /**
     * From now on nobody comes in. Fails with {@link IllegalStateException} when the room cannot move now.
     *
     * @return the members, whose requests are to be kept from coming
     */
    public CompletionStage<List<RoomMember>> begin() {
        return room.ask(there -> {
            if (!life.isLive() || !tenure.isOurs() || !rules.isMovable()) {
                throw new IllegalStateException(
                        "room " + room.id() + " cannot move now: it is closing, suspended, moving"
                                + " already, or has rules that stay where they are");
            }
            long arrivedMillis = ticks.nowMillis() - ARRIVAL_MILLIS;
            if (seats.all().stream()
                    .anyMatch(seat ->
                            seat.member instanceof AwaitedMember awaited && awaited.sinceMillis() > arrivedMillis)) {
                throw new IllegalStateException(
                        "players are still coming to room " + room.id() + " from another server");
            }
            life.leave();
            return seats.all().stream().map(seat -> seat.member).toList();
        });
    }

    /**
     * Does what was asked of the room before, waits for what is under way with the store, writes all that is to be written,
     * and stands still. Fails when that takes longer than the given time.
     *
     * @return the room as another server needs it, beside what the store keeps
     */
    public CompletionStage<MovingRoom> halt(long millisMax) {
        CompletableFuture<MovingRoom> halted = new CompletableFuture<>();
        room.command(() -> {
            halting = halted;
            executor.schedule(
                    () -> halted.completeExceptionally(new IllegalStateException(
                            "room " + room.id() + " did not come to rest within " + millisMax + " ms")),
                    millisMax,
                    TimeUnit.MILLISECONDS);
            tryHalt(halted);
        });
        return halted;
    }

    /** The room stays here, and goes on. Does nothing for one that is not moving. */
    public void callOff() {
        inTurn(() -> {
            if (life.isMoving()) {
                halting = null;
                ticks.wake();
                loop.goOn();
                life.stay();
            }
        });
    }

    /** The other server has the room. */
    public void complete() {
        inTurn(() -> {
            if (life.isHalted()) {
                halting = null;
                ending.vanish();
                loop.goOn();
            }
        });
    }

    /** A command would wait for the end of the halt. */
    private void inTurn(Runnable task) {
        executor.execute(() -> {
            thread.begins();
            try {
                task.run();
            } finally {
                thread.ends();
            }
        });
    }

    private boolean isWanted(CompletableFuture<MovingRoom> halted) {
        return halting == halted && !halted.isDone();
    }

    private void tryHalt(CompletableFuture<MovingRoom> halted) {
        if (!isWanted(halted)) {
            return;
        }
        if (!life.isLeaving() || !tenure.isOurs()) {
            halted.completeExceptionally(new IllegalStateException("room " + room.id() + " is closing or suspended"));
        } else if (rules.isSettling()) {
            executor.schedule(() -> room.command(() -> tryHalt(halted)), TRY_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            seats.all().forEach(Seat::takeLastMove);
            ticks.tellPlaces();
            places.save();
            interest.flush();
            life.halt();
            loop.halt();
            writeBehind.flush().whenComplete((nothing, failure) -> pack(halted));
        }
    }

    // Whatever is thrown, somebody waits for the answer.
    @SuppressWarnings("IllegalCatch")
    private void pack(CompletableFuture<MovingRoom> halted) {
        if (!isWanted(halted)) {
            return;
        }
        if (!writeBehind.isFlushed() || !tenure.mayWrite()) {
            halted.completeExceptionally(
                    new IllegalStateException("chat or places of room " + room.id() + " cannot be written now"));
            return;
        }
        try {
            halted.complete(packer.pack(events.kept(ticks.nowMillis())));
        } catch (RuntimeException | Error e) {
            halted.completeExceptionally(e);
        }
    }
}
