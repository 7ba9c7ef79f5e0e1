package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;

/** The rooms of the realm's other servers. Safe on any thread; returns at once. */
@FunctionalInterface
public interface RemoteRooms {
    /** There are no other servers. */
    RemoteRooms NONE = (node, from, to, number, what) -> CompletableFuture.failedFuture(
            new IllegalStateException("server " + node + " has room " + to + ", and cannot be asked"));

    /**
     * Brings a signal to a room of another server. It may get there although this fails, and can be repeated: the room knows
     * it by its number.
     *
     * @param node id of the server that has the room
     * @return whether the signal is durable there, or cannot arrive
     */
    CompletionStage<Boolean> signal(String node, RoomId from, RoomId to, long number, ByteString what);
}
