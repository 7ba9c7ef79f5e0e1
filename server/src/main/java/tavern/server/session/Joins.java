package tavern.server.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.game.RoomId;
import tavern.server.room.Joining;
import tavern.server.room.Room;
import tavern.server.room.RoomOptions;
import tavern.server.room.Rooms;
import tavern.server.room.Wire;
import tavern.server.store.Causes;
import tavern.server.store.Store;

/**
 * P-26: from one room, or none, into another. All that has to be waited for (the room opening, the player's goods and
 * place) is waited for before the room hears of it; no thread blocks.
 */
final class Joins {
    private static final int ATTEMPTS_MAX = 3;

    /** Waited for, each: the room's opening, and the player's place. Then the player hears that the store is silent. */
    private static final long STORE_SECONDS_MAX = 5;

    private static final long SUSPENDED_RETRY_MILLIS = 1_000;

    private final Rooms rooms;
    private final Players players;
    private final Store store;
    private final Freezes freezes;

    Joins(Rooms rooms, Players players, Store store, Freezes freezes) {
        this.rooms = rooms;
        this.players = players;
        this.store = store;
        this.freezes = freezes;
    }

    void join(Session session, int seq, JoinRoom asked) throws BadRequestException {
        RoomId room = Requests.room(asked.getRoom());
        RoomOptions options = Requests.options(asked.getOptions());
        if (freezes.stops(Freeze.What.JOINS, room, session.player().name())) {
            throw new BadRequestException(ErrorCode.NOT_ALLOWED, Freezes.text(Freeze.What.JOINS));
        }
        Object begun = session.beginJoin();
        if (begun == null) {
            session.answer(Wire.error(seq, ErrorCode.BUSY, "another join is under way", 100));
            return;
        }
        Room present = session.room();
        Room other = present != null && !present.id().equals(room) ? present : null;
        (other == null ? CompletableFuture.<Void>completedFuture(null) : other.leave(session))
                .thenCompose(left -> attempt(session, seq, room, options, ATTEMPTS_MAX))
                .whenComplete((joining, failure) -> {
                    session.endJoin(begun);
                    ServerMessage refusal = failure != null
                            ? failed(session, seq, room, Causes.of(failure))
                            : refused(session, seq, room, joining);
                    if (refusal != null && other != null) {
                        // P-26: it is out of the one, and did not get into the other.
                        session.answer(Wire.left(0, other.id().name()));
                    }
                    if (refusal != null) {
                        session.answer(refusal);
                    }
                });
    }

    /** By an operator's wish; completes or fails as the join did, and then the player is in no room. */
    CompletionStage<Joining> move(Session session, RoomId room) {
        Object begun = session.beginJoin();
        if (begun == null) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("another join of this player is under way"));
        }
        Room present = session.room();
        Room left = present != null && !present.id().equals(room) ? present : null;
        return (left == null ? CompletableFuture.<Void>completedFuture(null) : left.leave(session))
                .thenCompose(gone -> attempt(session, 0, room, RoomOptions.DEFAULT, ATTEMPTS_MAX))
                .whenComplete((joining, failure) -> {
                    session.endJoin(begun);
                    if (left != null && joining != Joining.SEATED) {
                        session.answer(Wire.left(0, left.id().name()));
                    }
                });
    }

    private CompletionStage<Joining> attempt(Session session, int seq, RoomId id, RoomOptions options, int attempts) {
        return bounded(rooms.open(id, options))
                .thenCompose(room -> players.open(session.player().name())
                        .thenCombine(
                                bounded(store.position(id, session.player().id())),
                                (player, at) -> room.join(session, player, at.orElse(null), seq)))
                .thenCompose(joining -> joining)
                .thenCompose(joining -> joining == Joining.CLOSED && attempts > 1
                        ? attempt(session, seq, id, options, attempts - 1)
                        : CompletableFuture.completedFuture(joining));
    }

    /** A wait without end would keep the session from ever joining anything again. */
    private static <T> CompletableFuture<T> bounded(CompletionStage<T> wait) {
        return wait.toCompletableFuture().copy().orTimeout(STORE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Null when there is nothing to say: {@code Joined} was sent, or nobody is there to hear. */
    private static @Nullable ServerMessage refused(Session session, int seq, RoomId room, Joining joining) {
        return switch (joining) {
            case SEATED, ENDED -> null;
            case FULL -> Wire.error(seq, ErrorCode.ROOM_FULL, "room " + room + " is full", 0);
            case SUSPENDED ->
                Wire.error(seq, ErrorCode.UNAVAILABLE, "room " + room + " is suspended", SUSPENDED_RETRY_MILLIS);
            case CLOSED -> Wire.error(seq, ErrorCode.ROOM_CLOSED, "room " + room + " is closing", 0);
            case FAILED ->
                Wire.error(
                        seq,
                        ErrorCode.INTERNAL,
                        "room " + room + " failed at this; its log knows more under " + session.action(seq),
                        0);
        };
    }

    private static ServerMessage failed(Session session, int seq, RoomId room, Throwable cause) {
        if (cause instanceof Rooms.TooManyRoomsException tooMany) {
            return Wire.error(seq, ErrorCode.TOO_MANY_ROOMS, tooMany.text(), 0);
        }
        if (cause instanceof HeldElsewhereException elsewhere) {
            return Wire.redirect(seq, room, elsewhere.holder());
        }
        return Failure.answer(seq, () -> session.action(seq), cause);
    }
}
