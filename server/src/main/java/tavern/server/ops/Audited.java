package tavern.server.ops;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditEntry;

/**
 * Carries out an order, writes down what came of it, and only then answers. Orders that fail are written down too. An
 * order that was carried out and could not be written down is answered as a failure that says so.
 */
final class Audited {
    private static final Logger log = LoggerFactory.getLogger(Audited.class);

    private final AuditLog audit;
    private final InstantSource clock;

    Audited(AuditLog audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What an operator is told of an order.
     *
     * @param audit number of the entry
     */
    record Done(String result, long audit) {}

    /**
     * An order as a route.
     *
     * @param target where in the call the target's name stands; empty: there is none
     */
    Route.Answer order(String action, String target, Function<Call, CompletionStage<String>> order) {
        return order(action, target, Asked.MILLIS_MAX, order);
    }

    /** @param millisMax that the order may take */
    Route.Answer order(String action, String target, long millisMax, Function<Call, CompletionStage<String>> order) {
        return call -> {
            String name = target.isEmpty() ? "" : call.display(target);
            return carryOut(call, millisMax, order)
                    .handle((result, failure) -> new Outcome(result, failure))
                    .thenCompose(outcome -> write(call, action, name, outcome.words())
                            .handle((entry, failure) -> outcome.told(call, entry, failure)));
        };
    }

    /** What came of an order: the one or the other. */
    private record Outcome(
            @Nullable String result, @Nullable Throwable failure) {
        String words() {
            return failure == null ? String.valueOf(result) : "failed: " + Failures.text(failure);
        }

        Done told(Call call, @Nullable AuditEntry entry, @Nullable Throwable unwritten) {
            if (failure != null) {
                throw new CompletionException(failure);
            }
            if (entry == null) {
                log.error("done, but not in the audit log: {}: trace {}", words(), call.trace(), unwritten);
                throw new RefusedException(
                        503, "NOT_AUDITED", "it was done (" + words() + "), but could not be written down");
            }
            return new Done(words(), entry.seq());
        }
    }

    private static CompletableFuture<String> carryOut(
            Call call, long millisMax, Function<Call, CompletionStage<String>> order) {
        try {
            return Asked.bounded(order.apply(call), millisMax);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<AuditEntry> write(Call call, String action, String target, String result) {
        AuditEntry.Fact fact = new AuditEntry.Fact(
                clock.millis(),
                call.operator().toString(),
                call.address().getHostAddress(),
                action,
                target,
                call.text("reason"),
                result);
        return Asked.bounded(audit.append(fact, call.trace()));
    }
}
