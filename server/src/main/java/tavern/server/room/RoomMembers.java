package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.protocol.v1.ServerMessage;
import tavern.server.store.PlayerRecord;

/** How sessions come into a room, return over other connections, and leave. Safe on any thread; returns at once. */
public final class RoomMembers {
    private static final long SETTLING_SECONDS_MAX = 3;

    /** A room that stands still because it moves to another server may do so for as long as the store is away. */
    private static final long JOIN_SECONDS_MAX = 5;

    private final Room room;
    private final EventExecutor executor;
    private final RoomThread thread;
    private final Tenure tenure;
    private final Seats seats;
    private final RoomDoor door;
    private final MoveIntake moves;
    private final GameHost game;
    private final AwaitedSeats awaited;

    /** The last task given to {@link #inTurn}. Guarded by this. */
    private CompletableFuture<?> lastInTurn = CompletableFuture.completedFuture(null);

    RoomMembers(
            Room room,
            EventExecutor executor,
            RoomThread thread,
            Tenure tenure,
            Seats seats,
            RoomDoor door,
            MoveIntake moves,
            GameHost game,
            AwaitedSeats awaited) {
        this.room = room;
        this.executor = executor;
        this.thread = thread;
        this.tenure = tenure;
        this.seats = seats;
        this.door = door;
        this.moves = moves;
        this.game = game;
        this.awaited = awaited;
    }

    /** Creates the slot into which a connection puts its member's moves. */
    public MoveSlot moveSlot() {
        return moves.slot();
    }

    /**
     * Runs a task on its executor after the tasks that were given here before, whatever their executors: players whose
     * records were loaded one after another are seated in that order, although each one is let in on a thread of its
     * own.
     */
    public synchronized void inTurn(Executor of, Runnable task) {
        lastInTurn = lastInTurn.handle((done, failure) -> done).thenRunAsync(task, of);
    }

    /**
     * Completes on the room's thread; {@code Joined} has been sent by then. Fails with {@link RefusedException} when the
     * room's game refuses the player. A join that the room does not come to in time is {@link Joining#HELD_UP}, and is not
     * done later.
     *
     * @param outlet null while the member's connection is lost
     * @param slot where the connection leaves the member's moves, from {@link #moveSlot}
     */
    public CompletionStage<Joining> join(
            RoomMember member, Arrival arrival, int replyTo, @Nullable Outlet outlet, MoveSlot slot) {
        CompletableFuture<Joining> joining = new CompletableFuture<>();
        // On the room's thread as well, so that a join that has begun is not given up any more.
        Future<?> limit =
                executor.schedule(() -> joining.complete(Joining.HELD_UP), JOIN_SECONDS_MAX, TimeUnit.SECONDS);
        room.command(new RoomTicks.Entering(() -> {
            if (joining.isDone()) {
                return;
            }
            limit.cancel(false);
            // Completes whatever is thrown: a session waits for the end of one join before it begins another.
            try {
                enter(member, arrival, replyTo, outlet, slot, joining);
            } catch (RuntimeException | Error e) {
                joining.complete(Joining.FAILED);
                throw e;
            }
        }));
        return joining;
    }

    @OnRoomThread
    private void enter(
            RoomMember member,
            Arrival arrival,
            int replyTo,
            @Nullable Outlet outlet,
            MoveSlot slot,
            CompletableFuture<Joining> joining) {
        Joining closed = room.closedFor();
        if (closed == null) {
            door.seat(member, arrival, replyTo, outlet, slot, joining);
        } else {
            joining.complete(closed);
        }
    }

    /**
     * Completes on the room's thread once the member has no seat, whether or not it had one, and what the room's game writes of
     * the player is durable, so that the next room reads it; the latter is waited for for a few seconds at most.
     */
    public CompletionStage<Void> leave(RoomMember member) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        room.command(() -> {
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

    @OnRoomThread
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
        room.command(() -> door.detach(member, outlet));
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
    public void resume(RoomMember member, Outlet outlet, MoveSlot slot, long lastSeq, Resumption resumption) {
        room.command(() -> {
            boolean ours = tenure.isOurs();
            if (door.resume(member, outlet, slot, lastSeq, resumption)) {
                if (!ours) {
                    send(outlet, Wire.suspended(room.id()));
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

    /**
     * The session of a player whose seat has come here with the room: it resumes ({@link #resume}) as one whose connection
     * was lost.
     *
     * @param newest the player's record, as it is known in the player's lane
     * @return whether such a seat waits
     */
    CompletionStage<Boolean> claim(RoomMember member, PlayerRecord newest) {
        return awaited.claim(member, newest);
    }
}
