package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;

/** The realm's other rooms, as a room sees them. Safe on any thread; returns at once. */
@FunctionalInterface
interface Neighbours {
    /**
     * Brings a signal to a room, which is opened for it. Fails as opening the room does.
     *
     * @return whether it is durable there, or cannot arrive: a room that was never there, or has no game, gets no signals
     */
    CompletionStage<Boolean> signal(RoomId from, RoomId to, long number, ByteString what);
}
