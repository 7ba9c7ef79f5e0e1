package tavern.server.books;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.AccountStore;
import tavern.server.store.Holdings;
import tavern.server.store.StoreUnavailableException;

/** Stands before a real store: the test says when and how it answers who owns what, and when its ledger is silent. */
public final class ScriptedHoldings {
    private final AccountStore real;
    private final Deque<RuntimeException> failures = new ArrayDeque<>();
    private final List<CompletableFuture<Holdings>> kept = new ArrayList<>();
    private boolean keeps;
    private boolean ledgerFails;
    private int pages;

    public ScriptedHoldings(AccountStore real) {
        this.real = real;
    }

    public AccountStore store() {
        return (AccountStore) Proxy.newProxyInstance(
                AccountStore.class.getClassLoader(),
                new Class<?>[] {AccountStore.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "holdings" -> holdings(method, arguments);
                    case "ledger" -> ledger(method, arguments);
                    default -> call(method, arguments);
                });
    }

    /** From now on whoever asks waits until the test answers. */
    public synchronized void keep() {
        keeps = true;
    }

    /** Whoever waits is told of the first players, and nobody waits any more. */
    public synchronized void answer() {
        keeps = false;
        real.holdings(0, 100).thenAccept(holdings -> kept().forEach(answer -> answer.complete(holdings)));
    }

    /** Of those that wait, the oldest first. */
    synchronized List<CompletableFuture<Holdings>> kept() {
        return List.copyOf(kept);
    }

    /** Who asks next is told so. */
    synchronized void failWith(RuntimeException failure) {
        failures.add(failure);
    }

    /** Whether all such failures were told. */
    synchronized boolean hasFailed() {
        return failures.isEmpty();
    }

    /** The next page of the ledger is not to be had. */
    synchronized void failLedger() {
        ledgerFails = true;
    }

    /** Pages of the ledger that were asked for. */
    synchronized int pages() {
        return pages;
    }

    private synchronized CompletionStage<?> holdings(Method method, Object[] arguments) throws Throwable {
        RuntimeException failure = failures.poll();
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        if (keeps) {
            CompletableFuture<Holdings> answer = new CompletableFuture<>();
            kept.add(answer);
            return answer;
        }
        return (CompletionStage<?>) call(method, arguments);
    }

    private synchronized CompletionStage<?> ledger(Method method, Object[] arguments) throws Throwable {
        pages++;
        if (ledgerFails) {
            ledgerFails = false;
            return CompletableFuture.failedFuture(new StoreUnavailableException("gone for a while", 100));
        }
        return (CompletionStage<?>) call(method, arguments);
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
