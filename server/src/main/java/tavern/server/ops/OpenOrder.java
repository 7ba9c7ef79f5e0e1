package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.Causes;
import tavern.server.store.StoreUnavailableException;

/** A command, from its checks until its outcome is in the audit log. */
final class OpenOrder {
    private final ApiRequest call;
    private final String action;
    private final String target;

    /** When its outcome should be in the audit log; 0 if the command is not begun. */
    private volatile long dueMillis;

    private volatile CompletableFuture<AuditEntry> begun = new CompletableFuture<>();

    /** @param target empty for none */
    OpenOrder(ApiRequest call, String action, String target) {
        this.call = call;
        this.action = action;
        this.target = target;
    }

    void begin(CompletableFuture<AuditEntry> writing, long due) {
        dueMillis = due;
        begun = writing;
    }

    /** The entry that is written before the command is carried out. */
    CompletableFuture<AuditEntry> begun() {
        return begun;
    }

    boolean isLate(long nowMillis) {
        return nowMillis > dueMillis;
    }

    String trace() {
        return call.trace();
    }

    AuditEntry.Fact fact(long atMillis, String result) {
        return new AuditEntry.Fact(
                atMillis,
                call.operator().toString(),
                call.address().getHostAddress(),
                action,
                target,
                call.text("reason", ""),
                result);
    }

    AuditEntry.Fact outcome(long atMillis, AuditEntry before, String words) {
        return fact(atMillis, AuditedOrder.ended(before.seq(), words));
    }

    /** Where an operator finds the outcome. */
    String whereToLook() {
        AuditEntry entry = begun.isCompletedExceptionally() ? null : begun.getNow(null);
        return "see the audit log" + (entry == null ? "" : ", of its entry " + entry.seq());
    }

    /** Whether the command may have been carried out, or may still be. */
    static boolean isUnknown(Throwable failure, PreparedCommand command) {
        Throwable cause = Causes.of(failure);
        return cause instanceof TimeoutException
                || (cause instanceof FeedUnavailableException feed && feed.isInDoubt())
                || (cause instanceof StoreUnavailableException && command.settle() != null);
    }

    @Override
    public String toString() {
        return call.operator() + ": " + action + " " + target + " (because: " + call.text("reason", "") + ") trace "
                + call.trace();
    }
}
