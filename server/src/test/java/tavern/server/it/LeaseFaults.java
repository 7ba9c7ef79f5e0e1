package tavern.server.it;

import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.game.RoomId;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/** Stands before a real store, decides how leases are answered, and records writes. */
final class LeaseFaults {
    enum Renewals {
        WORK,
        FAIL,
        HANG,
        LOSE
    }

    private static final Set<String> WRITES = Set.of("transact", "appendChat", "savePositions");

    private final Store real;
    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Renewals renewals = Renewals.WORK;
    private volatile String holder = "";

    LeaseFaults(Store real) {
        this.real = real;
    }

    Store store() {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (WRITES.contains(method.getName())) {
                        writes.add(method.getName());
                    }
                    return switch (method.getName()) {
                        case "renewLeases" -> renew(method, arguments);
                        case "acquireLease" ->
                            holder.isEmpty()
                                    ? call(method, arguments)
                                    : CompletableFuture.completedFuture(new LeaseAnswer.Held(holder, 5_000));
                        default -> call(method, arguments);
                    };
                });
    }

    void renewals(Renewals what) {
        renewals = what;
    }

    /** Every lease is answered as held by this node; empty: by nobody. */
    void heldBy(String node) {
        holder = node;
    }

    /** Acquires the room's lease as another node would after this one's had expired, which raises the fence. */
    void takeOver(String room) throws Exception {
        real.acquireLease(LeaseKey.room(new RoomId(room)), "two@127.0.0.9:4242", 5_000)
                .toCompletableFuture()
                .get();
    }

    /** Waits for this many more renewals. */
    void awaitRenewals(int more) {
        int until = asked.get() + more;
        await().until(() -> asked.get() >= until);
    }

    /** The names of the methods that have written for a room since the last call. */
    List<String> writes() {
        List<String> written = List.copyOf(writes);
        writes.clear();
        return written;
    }

    private Object renew(Method method, Object[] arguments) throws Throwable {
        asked.incrementAndGet();
        return switch (renewals) {
            case WORK -> call(method, arguments);
            case FAIL -> CompletableFuture.failedFuture(new StoreUnavailableException("cut off", 100));
            case HANG -> new CompletableFuture<>();
            case LOSE -> CompletableFuture.completedFuture(Set.copyOf(((Map<LeaseKey, ?>) arguments[0]).keySet()));
        };
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
