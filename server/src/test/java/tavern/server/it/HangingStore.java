package tavern.server.it;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/**
 * Stands before a real store and can stop answering. What is asked for meanwhile is either kept back, or done at once
 * and only its answer kept back, as chance has it.
 */
final class HangingStore {
    private final Store real;
    private final Random random;
    private final List<Kept> kept = new ArrayList<>();
    private boolean hangs;

    private record Kept(CompletableFuture<Object> answer, Runnable giving) {}

    HangingStore(Store real, long seed) {
        this.real = real;
        this.random = new Random(seed);
    }

    /** What the server is to use. */
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

    /** Answers all that was asked, and from now on at once. */
    synchronized void answerAgain() {
        hangs = false;
        kept.forEach(question -> question.giving().run());
        kept.clear();
    }

    /** Answers all that was asked with a failure, though some of it was done; what is asked from now on is answered. */
    synchronized void failAndAnswerAgain() {
        hangs = false;
        StoreUnavailableException failure = new StoreUnavailableException("gone for a while", 100);
        kept.forEach(question -> question.answer().completeExceptionally(failure));
        kept.clear();
    }

    private synchronized CompletionStage<?> ask(Method method, Object[] arguments) throws Throwable {
        if (!hangs) {
            return (CompletionStage<?>) call(method, arguments);
        }
        CompletableFuture<Object> answer = new CompletableFuture<>();
        if (random.nextBoolean()) {
            CompletionStage<?> done = (CompletionStage<?>) call(method, arguments);
            kept.add(new Kept(answer, () -> pass(done, answer)));
        } else {
            kept.add(new Kept(answer, () -> {
                try {
                    pass((CompletionStage<?>) call(method, arguments), answer);
                } catch (Throwable e) {
                    answer.completeExceptionally(e);
                }
            }));
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
