package tavern.server.ops;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.AuditedOrder;
import tavern.server.store.Causes;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * Records an outcome for commands that were interrupted by this server's last stop, since the real one is not known.
 */
final class InterruptedOrders {
    private static final Logger log = LoggerFactory.getLogger(InterruptedOrders.class);

    /** The newest entries of the audit log, which include every command that is still open. */
    private static final int ENTRIES_MAX = 10_000;

    private static final int PAGE = 200;
    private static final long RETRY_MILLIS = 2_000;

    private final AuditStore store;
    private final AuditQueue audit;
    private final InstantSource clock;
    private final String node;
    private final String run;
    private final Map<Long, AuditEntry> begun = new TreeMap<>();
    private volatile boolean saidFailing;
    private volatile boolean closed;

    /** @param run the node's current run, whose own commands are left alone */
    InterruptedOrders(AuditStore store, AuditQueue audit, InstantSource clock, String node, String run) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
        this.node = node;
        this.run = run;
    }

    /** The name of a run of a node. */
    static String run(String node, String life) {
        return node + "/" + life;
    }

    /** Goes through the end of the audit log; tries again after a while if it cannot be read. */
    void settle() {
        begun.clear();
        AnswerTimeout.bounded(Stages.begin(store::newestAudit))
                .thenCompose(newest -> {
                    long last = newest.map(AuditEntry::seq).orElse(0L);
                    return read(Math.max(0, last - ENTRIES_MAX), last);
                })
                .whenComplete((done, failure) -> {
                    if (closed) {
                        return;
                    }
                    if (failure == null) {
                        begun.values().forEach(this::end);
                    } else {
                        failed(Causes.of(failure));
                    }
                });
    }

    private void failed(Throwable cause) {
        if (cause instanceof ForeignValueException) {
            log.error("the commands that the last stop has interrupted cannot be found", cause);
            return;
        }
        if (!(cause instanceof StoreUnavailableException) && !saidFailing) {
            saidFailing = true;
            log.warn("the search for commands that the last stop has interrupted failed; trying again", cause);
        }
        CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(this::settle);
    }

    private CompletionStage<?> read(long after, long last) {
        if (after >= last || closed) {
            return CompletableFuture.completedFuture(last);
        }
        return AnswerTimeout.bounded(store.audit(after, PAGE)).thenCompose(page -> {
            note(page);
            return read(page.isEmpty() ? last : page.get(page.size() - 1).seq(), last);
        });
    }

    private void note(List<AuditEntry> page) {
        for (AuditEntry entry : page) {
            String of = AuditedOrder.run(entry);
            if (of != null && of.startsWith(node + "/") && !of.equals(run)) {
                begun.put(entry.seq(), entry);
            }
            begun.remove(AuditedOrder.begunIn(entry));
        }
    }

    private void end(AuditEntry entry) {
        log.warn("the last stop interrupted a command, entry {} of the audit log: {}", entry.seq(), entry.action());
        audit.addOutcome(
                new AuditEntry.Fact(
                        clock.millis(),
                        entry.operator(),
                        entry.address(),
                        entry.action(),
                        entry.target(),
                        entry.reason(),
                        AuditedOrder.ended(entry.seq(), "unknown: the server stopped before it was told")),
                "");
    }

    void close() {
        closed = true;
    }
}
