package tavern.server.it;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/**
 * Stands before a real store and can stop answering. Meanwhile each operation is either kept back, or done at once with
 * only its answer kept back; a seeded random decides, unless the test says which.
 */
final class HangingStore {
    private final Store real;
    private final Random random;
    private final List<Kept> kept = new ArrayList<>();
    private boolean hangs;
    private boolean doesAll;
    private String hangsAt = "";

    /** @param done the answer of what was done, or null when it was kept back */
    private record Kept(
            CompletableFuture<Object> answer,
            Runnable giving,
            @Nullable CompletionStage<?> done) {}

    HangingStore(Store real, long seed) {
        this.real = real;
        this.random = new Random(seed);
    }

    /** The store for the server. */
    Store store() {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    boolean asks = CompletionStage.class.isAssignableFrom(method.getReturnType());
                    return asks ? ask(method, arguments) : call(method, arguments);
                });
    }

    synchronized void hang() {
        hangs = true;
    }

    /** Hangs from the next call of this method on. */
    synchronized void hangAt(String method) {
        hangsAt = method;
    }

    /** The same, and all that is asked for is done. */
    synchronized void hangAfter(String method) {
        hangsAt = method;
        doesAll = true;
    }

    synchronized boolean isHanging() {
        return hangs;
    }

    /** Answers all operations that wait, and later ones at once. */
    void answerAgain() {
        // Without the lock, because who gets an answer may wait for somebody who asks.
        take().forEach(question -> question.giving().run());
    }

    private synchronized List<Kept> take() {
        hangs = false;
        List<Kept> taken = List.copyOf(kept);
        kept.clear();
        return taken;
    }

    /** Fails all operations that wait, although some were done; later ones are answered. */
    void failAndAnswerAgain() {
        StoreUnavailableException failure = new StoreUnavailableException("gone for a while", 100);
        for (Kept question : take()) {
            if (question.done() == null) {
                question.answer().completeExceptionally(failure);
            } else {
                question.done()
                        .whenComplete((value, problem) -> question.answer().completeExceptionally(failure));
            }
        }
    }

    private CompletionStage<?> ask(Method method, Object[] arguments) throws Throwable {
        CompletionStage<?> keptBack = keep(method, arguments);
        return keptBack != null ? keptBack : (CompletionStage<?>) call(method, arguments);
    }

    /** Returns null when it need not be kept back. */
    private synchronized @Nullable CompletionStage<?> keep(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals(hangsAt)) {
            hangsAt = "";
            hangs = true;
        }
        if (!hangs) {
            return null;
        }
        CompletableFuture<Object> answer = new CompletableFuture<>();
        if (doesAll || random.nextBoolean()) {
            CompletionStage<?> done = (CompletionStage<?>) call(method, arguments);
            kept.add(new Kept(answer, () -> pass(done, answer), done));
        } else {
            Runnable giving = () -> {
                try {
                    pass((CompletionStage<?>) call(method, arguments), answer);
                } catch (Throwable e) {
                    answer.completeExceptionally(e);
                }
            };
            kept.add(new Kept(answer, giving, null));
        }
        return answer;
    }

    private static void pass(CompletionStage<?> from, CompletableFuture<Object> to) {
        from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
