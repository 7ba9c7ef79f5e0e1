package tavern.server.it;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.server.store.ChangeListener;
import tavern.server.store.Store;

/**
 * Stands before a real store and holds some of its operations: such an operation is done when it is let go, or done at once
 * and only answered then. Knows the server's listener, so that a test can announce the changes of another server.
 */
final class HeldStore {
    private final Store real;
    private final Set<String> before = new HashSet<>();
    private final Set<String> after = new HashSet<>();
    private final Set<String> broken = new HashSet<>();
    private final Map<String, Exception> refused = new HashMap<>();
    private final List<Kept> kept = new ArrayList<>();
    private @Nullable ChangeListener listener;

    private record Kept(String method, Runnable giving) {}

    HeldStore(Store real) {
        this.real = real;
    }

    /** The store for the server. */
    Store store() {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("listen")) {
                        listener = (ChangeListener) arguments[0];
                    }
                    boolean asks = CompletionStage.class.isAssignableFrom(method.getReturnType());
                    return asks ? ask(method, arguments) : call(method, arguments);
                });
    }

    /** The real store, which keeps nothing back. */
    Store real() {
        return real;
    }

    ChangeListener listener() {
        return Objects.requireNonNull(listener);
    }

    /** From now on, calls of this method are not passed on until they are let go. */
    synchronized void hold(String method) {
        before.add(method);
    }

    /** From now on, calls of this method are passed on, and not answered until they are let go. */
    synchronized void holdAnswers(String method) {
        after.add(method);
    }

    /** From now on, calls of this method throw at once, as those of a broken store might, until they are let go. */
    synchronized void breakDown(String method) {
        broken.add(method);
    }

    /** From now on, calls of this method fail in this way, until they are let go. */
    synchronized void refuse(String method, Exception why) {
        refused.put(method, why);
    }

    /** The number of calls of this method that wait. */
    synchronized int held(String method) {
        return (int) kept.stream().filter(one -> one.method().equals(method)).count();
    }

    /** Lets the waiting calls go in their order; later ones are not held. */
    void letGo(String method) {
        letGoWhile(one -> one.method().equals(method), () -> {
            before.remove(method);
            after.remove(method);
            broken.remove(method);
            refused.remove(method);
        });
    }

    /** Lets the calls that wait now go; later ones are treated as before. */
    void letGoHeld(String method) {
        take(one -> one.method().equals(method)).forEach(one -> one.giving().run());
    }

    void letAllGo() {
        letGoWhile(one -> true, () -> {
            before.clear();
            after.clear();
            broken.clear();
            refused.clear();
        });
    }

    /** Calls are held until none waits any more, so that no later one overtakes them. */
    private void letGoWhile(Predicate<Kept> which, Runnable noneIsHeldAnyMore) {
        for (boolean someWait = true; someWait; ) {
            List<Kept> now;
            synchronized (this) {
                now = take(which);
                someWait = !now.isEmpty();
                if (!someWait) {
                    noneIsHeldAnyMore.run();
                }
            }
            // Without the lock, because who gets an answer may wait for somebody who asks.
            now.forEach(one -> one.giving().run());
        }
    }

    private synchronized List<Kept> take(Predicate<Kept> which) {
        List<Kept> taken = kept.stream().filter(which).toList();
        kept.removeAll(taken);
        return taken;
    }

    private CompletionStage<?> ask(Method method, Object[] arguments) throws Throwable {
        synchronized (this) {
            if (broken.contains(method.getName())) {
                throw new IllegalStateException(method.getName() + " is broken");
            }
            Exception why = refused.get(method.getName());
            if (why != null) {
                return CompletableFuture.failedFuture(why);
            }
            CompletableFuture<Object> answer = new CompletableFuture<>();
            if (after.contains(method.getName())) {
                CompletionStage<?> done = (CompletionStage<?>) call(method, arguments);
                kept.add(new Kept(method.getName(), () -> pass(done, answer)));
                return answer;
            }
            if (before.contains(method.getName())) {
                kept.add(new Kept(method.getName(), () -> {
                    try {
                        pass((CompletionStage<?>) call(method, arguments), answer);
                    } catch (Throwable e) {
                        answer.completeExceptionally(e);
                    }
                }));
                return answer;
            }
        }
        return (CompletionStage<?>) call(method, arguments);
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
