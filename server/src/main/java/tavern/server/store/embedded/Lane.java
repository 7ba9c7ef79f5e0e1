package tavern.server.store.embedded;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.Admission;
import tavern.server.store.StoreUnavailableException;

/** One thread with one kind of session: operations go in on any thread and are answered on this one. */
final class Lane<S extends Session> implements AutoCloseable {
    private final Admission admission;
    private final Transactions<S> transactions;
    private final Worker<Operation<S, ?>> worker;

    /** @param batchMax operations in one transaction */
    Lane(String name, int batchMax, Admission admission, Transactions<S> transactions) {
        this.admission = admission;
        this.transactions = transactions;
        this.worker = new Worker<>(name, batchMax, transactions, Operation::abandon);
        worker.start();
    }

    <T> CompletionStage<T> ask(Operation.Work<S, T> work) {
        StoreUnavailableException refusal = admission.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        Operation<S, T> operation = new Operation<>(work, admission);
        worker.add(operation);
        return operation.answer();
    }

    boolean available() {
        return transactions.available();
    }

    /** After {@link Admission#close}. */
    @Override
    public void close() {
        worker.close();
        transactions.close();
    }
}
