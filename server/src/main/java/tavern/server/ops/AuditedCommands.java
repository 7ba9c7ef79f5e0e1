package tavern.server.ops;

import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.Causes;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * Runs operators' commands: records the intent, carries the command out, records the outcome, and answers. A command
 * that was refused before anything was done makes a single entry. For a command whose answer was lost, the store is
 * queried until it tells whether the command was carried out. While the store is away, commands that change it are
 * refused with nothing done; others are carried out, and recorded when the store is back. Safe on any thread.
 */
final class AuditedCommands implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AuditedCommands.class);

    /** Commands that were begun and whose outcome is not yet recorded. */
    private static final int ORDERS_MAX = 500;

    /** How long a command that does not change the store waits for the audit log. */
    private static final long WRITE_MILLIS_MAX = 500;

    /** A command that has no answer after this time never gets one. */
    private static final long ANSWER_MILLIS_MAX = 60_000;

    private static final long LOOK_MILLIS = 500;

    private final AuditQueue audit;
    private final InstantSource clock;
    private final String run;
    private final Executor threads;
    private final Set<OpenOrder> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param run identifies this server and its run
     * @param threads on which commands are carried out, once the store has answered
     */
    AuditedCommands(AuditQueue audit, InstantSource clock, String run, Executor threads) {
        this.audit = audit;
        this.clock = clock;
        this.run = run;
        this.threads = threads;
    }

    /**
     * The answer to an operator's command.
     *
     * @param audit number of the entry with the outcome, or 0 if it is not written yet
     */
    record Done(String result, long audit) {}

    /**
     * A route for a command.
     *
     * @param target the field of the request with the target's name; empty for none
     */
    Route.Answer order(String action, String target, Function<ApiRequest, CompletionStage<PreparedCommand>> command) {
        return order(action, target, AnswerTimeout.MILLIS_MAX, command);
    }

    /** @param millisMax how long carrying it out may take */
    Route.Answer order(
            String action,
            String target,
            long millisMax,
            Function<ApiRequest, CompletionStage<PreparedCommand>> command) {
        return call -> {
            OpenOrder order = new OpenOrder(call, action, target.isEmpty() ? "" : call.display(target));
            return AnswerTimeout.bounded(Stages.begin(() -> command.apply(call)))
                    .handle((prepared, failure) ->
                            failure == null ? begin(order, prepared, millisMax) : refuse(order, failure))
                    .thenCompose(answer -> answer);
        };
    }

    /** The number of commands whose outcome should be in the audit log by now, and is not. */
    int late() {
        if (audit.isLate()) {
            return open.size();
        }
        long now = clock.millis();
        return (int) open.stream().filter(order -> order.isLate(now)).count();
    }

    /** Why the audit log cannot be written to; empty if it can, or if that is not yet known. */
    String problem() {
        return audit.problem();
    }

    private CompletionStage<Done> refuse(OpenOrder order, Throwable failure) {
        Throwable cause = Causes.of(failure);
        boolean away = cause instanceof StoreUnavailableException || cause instanceof TimeoutException;
        if (away || audit.isLate()) {
            // Commands that changed nothing must not fill the queue.
            log.info("not done, while the store is away: {}", order);
            return CompletableFuture.failedFuture(away ? unavailable() : failure);
        }
        AuditEntry.Fact refused = order.fact(clock.millis(), "failed: " + ErrorAnswers.text(failure));
        return AnswerTimeout.bounded(audit.add(refused, order.trace())).handle((entry, unwritten) -> {
            throw new CompletionException(failure);
        });
    }

    private static RequestRefusedException unavailable() {
        return new RequestRefusedException(
                503, "UNAVAILABLE", "the store does not answer: nothing was done; try again", 1);
    }

    private CompletionStage<Done> begin(OpenOrder order, PreparedCommand command, long millisMax) {
        boolean inStore = command.settle() != null;
        boolean late = audit.isLate();
        if (inStore && late) {
            return refuse(order, unavailable());
        }
        if (open.size() >= ORDERS_MAX) {
            return CompletableFuture.failedFuture(new RequestRefusedException(
                    503,
                    "BUSY",
                    ORDERS_MAX + " orders are not yet written down: nothing was done; look at the store",
                    1));
        }
        long now = clock.millis();
        CompletableFuture<AuditEntry> begun =
                audit.add(order.fact(now, AuditedOrder.begun(run, command.words())), order.trace());
        if (begun.isCompletedExceptionally()) {
            return begun.thenApply(entry -> new Done("", entry.seq()));
        }
        order.begin(begun, now + millisMax + AnswerTimeout.MILLIS_MAX);
        open.add(order);
        CompletionStage<AuditEntry> written =
                AnswerTimeout.bounded(begun, inStore ? AnswerTimeout.MILLIS_MAX : late ? 1 : WRITE_MILLIS_MAX);
        return written.handleAsync(
                        (entry, unwritten) ->
                                unwritten != null && inStore ? giveUp(order) : carryOut(order, command, millisMax),
                        threads)
                .thenCompose(answer -> answer);
    }

    /**
     * The audit log did not answer in time. The entry may have been written nevertheless, and then gets its outcome.
     */
    private CompletionStage<Done> giveUp(OpenOrder order) {
        if (audit.withdraw(order.begun())) {
            open.remove(order);
        } else {
            end(order, "failed: it was not begun, because the audit log did not answer in time");
        }
        return CompletableFuture.failedFuture(unavailable());
    }

    private CompletionStage<Done> carryOut(OpenOrder order, PreparedCommand command, long millisMax) {
        CompletableFuture<String> done = Stages.begin(command.carryOut()).toCompletableFuture();
        CompletableFuture<AuditEntry> written =
                outcome(done, command).thenCompose(words -> end(order, words)).toCompletableFuture();
        return AnswerTimeout.bounded(done, millisMax)
                .handle((result, failure) -> answer(order, command, result, failure, written))
                .thenCompose(answer -> answer);
    }

    private CompletionStage<Done> answer(
            OpenOrder order,
            PreparedCommand command,
            @Nullable String result,
            @Nullable Throwable failure,
            CompletableFuture<AuditEntry> written) {
        if (failure != null && OpenOrder.isUnknown(failure, command)) {
            return CompletableFuture.failedFuture(inDoubt(order, Causes.of(failure)));
        }
        return AnswerTimeout.bounded(written, audit.isLate() ? 1 : AnswerTimeout.MILLIS_MAX)
                .handle((entry, unwritten) -> {
                    if (failure != null) {
                        throw new CompletionException(failure);
                    }
                    return entry != null
                            ? new Done(String.valueOf(result), entry.seq())
                            : new Done(
                                    result + " (not yet in the audit log; it will be written when the store is back)",
                                    0);
                });
    }

    private static RequestRefusedException inDoubt(OpenOrder order, Throwable cause) {
        if (cause instanceof FeedUnavailableException feed) {
            return new RequestRefusedException(
                    503,
                    "UNAVAILABLE",
                    "it is not known how much of it was done: " + feed.text() + "; " + order.whereToLook());
        }
        boolean timedOut = cause instanceof TimeoutException;
        return new RequestRefusedException(
                timedOut ? 504 : 503,
                timedOut ? "NO_ANSWER" : "UNAVAILABLE",
                "it is not known whether it was done; " + order.whereToLook());
    }

    /** Returns the outcome, in words, however long it takes to be known. */
    private CompletionStage<String> outcome(CompletableFuture<String> done, PreparedCommand command) {
        return AnswerTimeout.bounded(done, ANSWER_MILLIS_MAX)
                .handle((result, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(result);
                    }
                    if (!OpenOrder.isUnknown(failure, command)) {
                        return CompletableFuture.completedFuture("failed: " + ErrorAnswers.text(failure));
                    }
                    Supplier<CompletionStage<String>> settle = command.settle();
                    if (settle == null) {
                        return CompletableFuture.completedFuture(
                                Causes.of(failure) instanceof FeedUnavailableException feed
                                        ? "unknown: " + feed.text()
                                        : "unknown: no answer within " + ANSWER_MILLIS_MAX / 1_000 + " s");
                    }
                    CompletableFuture<String> settled = new CompletableFuture<>();
                    pollOutcome(settle, settled);
                    return settled;
                })
                .thenCompose(words -> words);
    }

    /** Queries the store repeatedly until it gives the outcome. */
    private void pollOutcome(Supplier<CompletionStage<String>> settle, CompletableFuture<String> settled) {
        AnswerTimeout.bounded(Stages.begin(settle)).whenComplete((words, failure) -> {
            Throwable cause = failure == null ? null : Causes.of(failure);
            if (cause == null) {
                settled.complete("not known at first; " + words);
            } else if (!(cause instanceof StoreUnavailableException || cause instanceof TimeoutException)) {
                settled.complete("unknown: " + ErrorAnswers.text(cause));
            } else if (!closed) {
                CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(() -> pollOutcome(settle, settled));
            }
        });
    }

    private CompletableFuture<AuditEntry> end(OpenOrder order, String words) {
        return order.begun()
                .thenCompose(before -> audit.addOutcome(order.outcome(clock.millis(), before, words), order.trace()))
                .whenComplete((entry, failure) -> open.remove(order));
    }

    /** Commands that were begun and have no outcome yet get one at the next start. */
    @Override
    public void close() {
        closed = true;
        for (OpenOrder order : open) {
            log.warn("outcome not yet in the audit log: {}", order);
        }
    }
}
