package tavern.server.room;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.cluster.Node;
import tavern.server.room.moving.MovingRoom;
import tavern.server.store.Causes;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.MovingRoomStore;
import tavern.server.store.Stages;

/**
 * P-108: moves rooms to other servers of the realm while players are in them, and takes rooms in.
 *
 * <pre>
 *   here:  nobody comes in ► members' requests wait ► the room halts ► offered ► the other server is asked ► members are sent
 *   there:                                                             read, prepared, taken (one script), opened
 * </pre>
 *
 * <p>The room stays this server's until the other one takes it. When anything fails before, the offer is withdrawn, and the
 * room goes on here: of the taking and the withdrawal only one happens. Safe on any thread; nothing blocks.
 */
public final class RoomMoves {
    private static final Logger log = LoggerFactory.getLogger(RoomMoves.class);

    /** The word with which the other server is asked. */
    public static final String QUESTION = "room";

    private static final long FREEZE_MILLIS_MAX = 1_000;
    private static final long HALT_MILLIS_MAX = 2_000;

    /** Longer than the other server's answer is waited for. */
    static final long OFFERED_MILLIS = 4_000;

    private static final long RETRY_MILLIS = 500;
    private static final int WITHDRAWALS_MAX = 20;

    private final Rooms rooms;
    private final MovingRoomStore store;
    private final String self;
    private final Asking others;
    private final BooleanSupplier takesRooms;
    private final MoveMetrics metrics;

    private static final class MoveMetrics {
        final Counter movedAway;
        final Counter calledOff;
        final Counter takenIn;

        MoveMetrics(MeterRegistry registry) {
            movedAway = registry.counter("tavern.rooms.moved.away");
            calledOff = registry.counter("tavern.rooms.moves.called.off");
            takenIn = registry.counter("tavern.rooms.taken.in");
        }
    }

    /** Asks another server. */
    @FunctionalInterface
    public interface Asking {
        /** @return whether it has done what was asked for; fails when it does not answer */
        CompletionStage<Boolean> ask(String node, List<String> words);
    }

    /**
     * @param self id of this server
     * @param takesRooms false while this server itself gives its rooms away
     */
    public RoomMoves(
            Rooms rooms,
            MovingRoomStore store,
            String self,
            Asking others,
            BooleanSupplier takesRooms,
            MeterRegistry registry) {
        this.rooms = rooms;
        this.store = store;
        this.self = self;
        this.others = others;
        this.takesRooms = takesRooms;
        this.metrics = new MoveMetrics(registry);
    }

    // ---- from here ----

    /**
     * Moves a room that is open here to another server. Never fails.
     *
     * @return whether it is not here any more; false when it goes on here
     */
    public CompletionStage<Boolean> move(Room room, Node to) {
        return room.move()
                .begin()
                .thenCompose(members -> move(room, members, to))
                .exceptionally(failure -> {
                    notNow(room, to, failure);
                    return false;
                });
    }

    private CompletionStage<Boolean> move(Room room, List<RoomMember> members, Node to) {
        return Stages.begin(() -> frozen(members))
                .thenCompose(frozen -> room.move().halt(HALT_MILLIS_MAX))
                .handle((packed, failure) -> failure == null
                        ? given(room, packed, to)
                        : CompletableFuture.<Optional<Node>>failedFuture(failure))
                .thenCompose(given -> given)
                .exceptionally(failure -> {
                    notNow(room, to, failure);
                    return Optional.empty();
                })
                .thenApply(there -> {
                    end(room, members, there);
                    return there.isPresent();
                });
    }

    /** @return the server that has the room; empty when it is still here */
    private CompletionStage<Optional<Node>> given(Room room, MovingRoom packed, Node to) {
        return Stages.begin(() -> give(room, packed, to))
                .handle((given, failure) -> failure)
                .thenCompose(failure -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(Optional.of(to));
                    }
                    notNow(room, to, failure);
                    return withdraw(room, to, WITHDRAWALS_MAX);
                });
    }

    private static void notNow(Room room, Node to, Throwable failure) {
        log.info("room {} does not move to {} now: {}", room.id(), to, reason(failure));
    }

    private static String reason(Throwable failure) {
        Throwable cause = Causes.of(failure);
        return cause instanceof TimeoutException ? "no answer in time" : String.valueOf(cause.getMessage());
    }

    private static CompletionStage<Void> frozen(List<RoomMember> members) {
        return CompletableFuture.allOf(members.stream()
                        .map(member -> member.freeze().toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .orTimeout(FREEZE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private CompletionStage<Void> give(Room room, MovingRoom packed, Node to) {
        return store.offer(room.id(), room.lease().fence(), to.id(), packed.toByteArray(), OFFERED_MILLIS)
                .thenCompose(offered -> offered
                        ? others.ask(to.id(), List.of(QUESTION, room.id().name()))
                        : CompletableFuture.failedFuture(new IllegalStateException("another server has it by now")))
                .thenCompose(taken -> taken
                        ? CompletableFuture.<Void>completedFuture(null)
                        : CompletableFuture.failedFuture(new IllegalStateException(to + " does not take it")));
    }

    /** @return the server that has taken the room after all, or else has it by now; empty when it is still here */
    private CompletionStage<Optional<Node>> withdraw(Room room, Node asked, int attempts) {
        return Stages.begin(() -> store.withdraw(room.id(), room.lease().fence()))
                .thenApply(holder -> holder.map(text -> holder(text, asked)))
                .exceptionallyCompose(failure -> attempts == 0
                        // Its lease has run out by now; whether it is lost will show.
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.supplyAsync(
                                        () -> withdraw(room, asked, attempts - 1),
                                        CompletableFuture.delayedExecutor(
                                                RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run))
                                .thenCompose(withdrawn -> withdrawn));
    }

    /** The server that was asked may open the room as well as any other, if nobody has it. */
    private Node holder(String text, Node asked) {
        Node holder = text.isEmpty() ? asked : Node.parse(text);
        return holder.id().equals(self) ? asked : holder;
    }

    private void end(Room room, List<RoomMember> members, Optional<Node> there) {
        if (there.isPresent()) {
            Node to = there.get();
            metrics.movedAway.increment();
            room.move().complete();
            members.forEach(member -> member.moved(room, to));
            log.info("room {} has moved to {} with {} members", room.id(), to, members.size());
        } else {
            metrics.calledOff.increment();
            room.move().callOff();
            members.forEach(RoomMember::thaw);
        }
    }

    // ---- to here ----

    /** Another server offers a room. Completes with whether it is open here. */
    public CompletionStage<Boolean> asked(List<String> words) {
        if (!takesRooms.getAsBoolean()) {
            return CompletableFuture.completedFuture(false);
        }
        RoomId id = new RoomId(words.get(1));
        return store.offered(id, self).thenCompose(found -> {
            MovingRoom packed = found.isEmpty() ? null : parse(id, found.get());
            return packed == null ? CompletableFuture.completedFuture(false) : adopt(id, packed);
        });
    }

    private CompletionStage<Boolean> adopt(RoomId id, MovingRoom packed) {
        return rooms.adopt(
                        id,
                        packed,
                        (holder, ttlMillis) -> store.take(id, self, holder, ttlMillis)
                                .thenApply(fence -> new LeaseAnswer.Granted(fence.orElseThrow(
                                        () -> new IllegalStateException("it is not offered any more")))))
                .handle((adopted, failure) -> {
                    if (failure == null) {
                        metrics.takenIn.increment();
                    } else {
                        log.warn("room {} cannot be taken over: {}", id, reason(failure));
                    }
                    return failure == null;
                });
    }

    private static @Nullable MovingRoom parse(RoomId id, byte[] packed) {
        try {
            return MovingRoom.parseFrom(packed);
        } catch (InvalidProtocolBufferException e) {
            log.warn("room {} cannot be taken over, it is not understood: {}", id, e.getMessage());
            return null;
        }
    }
}
