package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tavern.game.RoomId;
import tavern.server.room.Room;
import tavern.server.room.Rooms;

/** Asks the owners of state, and bounds the wait for their answers. */
final class AnswerTimeout {
    static final long MILLIS_MAX = 2_000;

    private AnswerTimeout() {}

    /** Fails with {@link java.util.concurrent.TimeoutException} when the owner does not answer in time. */
    static <T> CompletableFuture<T> bounded(CompletionStage<T> answer) {
        return bounded(answer, MILLIS_MAX);
    }

    /** For owners that need more time. */
    static <T> CompletableFuture<T> bounded(CompletionStage<T> answer, long millisMax) {
        return answer.toCompletableFuture().copy().orTimeout(millisMax, TimeUnit.MILLISECONDS);
    }

    /** Throws {@link RequestRefusedException} when no such room is open. */
    static <T> CompletableFuture<T> room(Rooms rooms, RoomId id, Function<Room, T> question) {
        return bounded(find(rooms, id).ask(question));
    }

    static Room find(Rooms rooms, RoomId id) {
        Room room = rooms.find(id);
        if (room == null) {
            throw RequestRefusedException.notFound("no room of this name is open on this server");
        }
        return room;
    }
}
