package tavern.server.store.embedded;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.StoreUnavailableException;

/** One thread with one kind of session: operations are submitted on any thread and answered on this one. */
final class DatabaseThread<S extends DatabaseSession> implements AutoCloseable {
    private final OperationsInFlight inFlight;
    private final Transactions<S> transactions;
    private final BatchWorker<Operation<S, ?>> worker;

    /** @param batchMax operations in one transaction */
    DatabaseThread(String name, int batchMax, OperationsInFlight inFlight, Transactions<S> transactions) {
        this.inFlight = inFlight;
        this.transactions = transactions;
        this.worker = new BatchWorker<>(name, batchMax, transactions, Operation::abandon);
        worker.start();
    }

    <T> CompletionStage<T> ask(Operation.Work<S, T> work) {
        StoreUnavailableException refusal = inFlight.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        Operation<S, T> operation = new Operation<>(work, inFlight);
        worker.add(operation);
        return operation.answer();
    }

    boolean available() {
        return transactions.available();
    }

    /** Must be called after {@link OperationsInFlight#close}. */
    @Override
    public void close() {
        worker.close();
        transactions.close();
    }
}
