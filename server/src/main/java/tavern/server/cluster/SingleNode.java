package tavern.server.cluster;

import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import tavern.server.game.RoomId;
import tavern.server.store.Store;

/** The only node there is owns every room; the fence still keeps out what an earlier process left behind. */
public final class SingleNode implements Leases {
    private final Store store;
    private final InstantSource clock;

    public SingleNode(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Lease> acquire(RoomId room) {
        return store.fence(room, clock.millis()).thenApply(fence -> new Lease(room, fence));
    }

    /** Nobody waits for it. */
    @Override
    public void release(Lease lease) {}
}
