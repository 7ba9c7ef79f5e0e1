package tavern.server.ops;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import tavern.server.store.AccountStore;
import tavern.server.store.AuditStore;
import tavern.server.store.GameStore;
import tavern.server.store.OperatorStore;
import tavern.server.store.OutboxStore;
import tavern.server.store.RoomStore;
import tavern.server.store.SegmentStore;
import tavern.server.store.StoreStats;

/**
 * What operators use of the store. They have neither its leases nor its freezes, which are changed through the sessions.
 *
 * @param announcer sends an announcement to the realm's other servers
 */
public record OpsStore(
        AccountStore accounts,
        SegmentStore segments,
        RoomStore rooms,
        GameStore games,
        OutboxStore outbox,
        AuditStore audit,
        OperatorStore operators,
        Supplier<StoreStats> stats,
        Function<String, CompletionStage<Void>> announcer) {}
