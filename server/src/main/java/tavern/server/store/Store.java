package tavern.server.store;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The realm's persistent data, as whoever opens and closes it sees it; everybody else gets the port that they need.
 * Whatever returns a stage keeps the rules of the ports.
 */
public interface Store
        extends AccountStore,
                GameStore,
                LeaseStore,
                RoomStore,
                OutboxStore,
                AuditStore,
                FreezeStore,
                OperatorStore,
                SegmentStore,
                AutoCloseable {
    /** Sends an announcement to those of the realm's other servers that can be reached now. */
    CompletionStage<Void> announce(String text);

    /**
     * From now on, reports to the listener what other processes have changed. Called once, before the store is used.
     */
    void listen(ChangeListener listener);

    /** Where players are; null unless several servers share the realm. */
    default @Nullable PresenceStore presence() {
        return null;
    }

    /** Rooms on their way between servers; null unless several servers share the realm. */
    default @Nullable MovingRoomStore movingRooms() {
        return null;
    }

    /** Which servers and open rooms the realm has; null unless several servers share the realm. */
    default @Nullable DirectoryStore directory() {
        return null;
    }

    /** Returns approximate current numbers for operators; never fails. */
    StoreStats stats();

    @Override
    default long outboxRows() {
        return stats().outboxRows();
    }

    /** Completes the operations in flight, then closes. Blocks; called once, at the end. */
    @Override
    void close();
}
