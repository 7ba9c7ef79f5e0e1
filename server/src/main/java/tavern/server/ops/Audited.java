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

    /** What an operator is told of an order. @param audit number of the entry */
    record Done(String result, long audit) {}

    /** @param target where in the call the target's name stands; empty: there is none */
    Route.Answer order(String action, String target, Function<Call, CompletionStage<String>> order) {
        return call -> {
            String name = target.isEmpty() ? "" : call.display(target);
            CompletableFuture<Done> answer = new CompletableFuture<>();
            carryOut(call, order).whenComplete((result, failure) -> {
                Throwable cause = cause(failure);
                String words = cause == null ? result : "failed: " + Failures.text(cause);
                write(call, action, name, words).whenComplete((entry, unwritten) -> {
                    if (cause != null) {
                        answer.completeExceptionally(cause);
                    } else if (unwritten != null) {
                        log.error(
                                "{} {} by {}: {}, but not in the audit log",
                                action,
                                name,
                                call.operator(),
                                words,
                                unwritten);
                        answer.completeExceptionally(new RefusedException(
                                503, "NOT_AUDITED", "it was done (" + words + "), but could not be written down"));
                    } else {
                        answer.complete(new Done(words, entry.seq()));
                    }
                });
            });
            return answer;
        };
    }

    private static CompletableFuture<String> carryOut(Call call, Function<Call, CompletionStage<String>> order) {
        try {
            return Asked.bounded(order.apply(call));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<AuditEntry> write(Call call, String action, String target, String result) {
        return Asked.bounded(audit.append(new AuditEntry.Fact(
                clock.millis(),
                call.operator().toString(),
                call.address().getHostAddress(),
                action,
                target,
                call.text("reason"),
                result)));
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
