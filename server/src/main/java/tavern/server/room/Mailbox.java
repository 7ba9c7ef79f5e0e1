package tavern.server.room;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a room, in order. Players' requests are bounded; commands (joins, leaves, replies from the
 * store) do not count against that bound, since their sources bound them: one for each session, one for each operation
 * in flight.
 */
final class Mailbox {
    /** The result of an offer. */
    enum Offer {
        ACCEPTED,
        FULL,
        CLOSED
    }

    private final int capacity;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean closed;

    Mailbox(int capacity) {
        this.capacity = capacity;
    }

    Offer offer(Runnable request) {
        if (closed) {
            return Offer.CLOSED;
        }
        if (requests.incrementAndGet() > capacity) {
            requests.decrementAndGet();
            return Offer.FULL;
        }
        tasks.add(() -> {
            requests.decrementAndGet();
            request.run();
        });
        return Offer.ACCEPTED;
    }

    void command(Runnable command) {
        tasks.add(command);
    }

    @Nullable
    Runnable poll() {
        return tasks.poll();
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Answers requests with {@code CLOSED} from now on; tasks already queued are still polled. */
    void close() {
        closed = true;
    }

    int depth() {
        return requests.get();
    }
}
