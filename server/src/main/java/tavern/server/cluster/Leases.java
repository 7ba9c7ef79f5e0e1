package tavern.server.cluster;

import java.util.concurrent.CompletionStage;
import tavern.server.game.RoomId;

/** Who owns which room. Any thread; nothing blocks. */
public interface Leases {
    /** Fails with {@link tavern.server.store.StoreUnavailableException}. */
    CompletionStage<Lease> acquire(RoomId room);

    /** The room is closed here. */
    void release(Lease lease);
}
