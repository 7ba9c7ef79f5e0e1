package tavern.server.room;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a room, in order. Players' requests are bounded; commands (joins, leaves, answers of the store) are
 * not counted against that bound, since their own sources bound them: one for each session, one for each operation
 * in flight.
 */
final class Mailbox {
    /** What became of an offer. */
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

    /** Requests from now on are answered {@code CLOSED}; what waits is still polled. */
    void close() {
        closed = true;
    }

    int depth() {
        return requests.get();
    }
}
