package tavern.server.session;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.game.RoomId;
import tavern.server.room.Room;
import tavern.server.room.RoomOptions;
import tavern.server.room.Rooms;
import tavern.server.room.Wire;
import tavern.server.store.Store;

/**
 * P-26: from one room, or none, into another. All that has to be waited for (the room opening, the player's goods and
 * place) is waited for before the room hears of it; no thread blocks.
 */
final class Joins {
    private static final Logger log = LoggerFactory.getLogger(Joins.class);
    private static final int ATTEMPTS_MAX = 3;

    /** Waited for, each: the room's opening, and the player's place. Then the player hears that the store is silent. */
    private static final long STORE_SECONDS_MAX = 5;

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
        if (!session.beginJoin()) {
            session.answer(Wire.error(seq, ErrorCode.BUSY, "another join is under way", 100));
            return;
        }
        leaveOther(session, room)
                .thenCompose(left -> attempt(session, seq, room, options, ATTEMPTS_MAX))
                .whenComplete((joining, failure) -> {
                    session.endJoin();
                    answer(session, seq, room, joining, failure);
                });
    }

    /** By an operator's wish; completes or fails as the join did, and then the player is in no room. */
    CompletionStage<Room.Joining> move(Session session, RoomId room) {
        if (!session.beginJoin()) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("another join of this player is under way"));
        }
        Room left = session.room();
        return leaveOther(session, room)
                .thenCompose(gone -> attempt(session, 0, room, RoomOptions.DEFAULT, ATTEMPTS_MAX))
                .whenComplete((joining, failure) -> {
                    session.endJoin();
                    if (left != null && session.room() == null) {
                        session.answer(ServerMessage.newBuilder()
                                .setLeft(Left.newBuilder().setRoom(left.id().name()))
                                .build());
                    }
                });
    }

    private static CompletionStage<Void> leaveOther(Session session, RoomId room) {
        Room present = session.room();
        return present == null || present.id().equals(room)
                ? CompletableFuture.completedFuture(null)
                : present.leave(session);
    }

    private CompletionStage<Room.Joining> attempt(
            Session session, int seq, RoomId id, RoomOptions options, int attempts) {
        return bounded(rooms.open(id, options))
                .thenCompose(room -> players.open(session.player().name())
                        .thenCombine(
                                bounded(store.position(id, session.player().id())),
                                (player, at) -> room.join(session, player, at.orElse(null), seq)))
                .thenCompose(joining -> joining)
                .thenCompose(joining -> joining == Room.Joining.CLOSED && attempts > 1
                        ? attempt(session, seq, id, options, attempts - 1)
                        : CompletableFuture.completedFuture(joining));
    }

    /** A wait without end would keep the session from ever joining anything again. */
    private static <T> CompletableFuture<T> bounded(CompletionStage<T> wait) {
        return wait.toCompletableFuture().copy().orTimeout(STORE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static void answer(
            Session session, int seq, RoomId room, Room.@Nullable Joining joining, @Nullable Throwable failure) {
        if (failure != null || joining == null) {
            session.answer(failed(seq, Objects.requireNonNull(failure)));
            return;
        }
        switch (joining) {
            case SEATED, ENDED -> log.trace("{} joined {}: {}", session.id(), room, joining);
            case FULL -> session.answer(Wire.error(seq, ErrorCode.ROOM_FULL, "room " + room + " is full", 0));
            case CLOSED -> session.answer(Wire.error(seq, ErrorCode.ROOM_CLOSED, "room " + room + " is closing", 0));
            case FAILED ->
                session.answer(Wire.error(seq, ErrorCode.INTERNAL, "room " + room + " failed at this; see its log", 0));
        }
    }

    private static ServerMessage failed(int seq, Throwable failure) {
        Throwable cause = Failure.cause(failure);
        if (cause instanceof Rooms.TooManyRoomsException tooMany) {
            return Wire.error(seq, ErrorCode.TOO_MANY_ROOMS, tooMany.text(), 0);
        }
        return Failure.answer(seq, cause);
    }
}
