package tavern.server.net;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that wait for the clients of one event loop, and those clients. A connection is counted when it is flushed,
 * so that the sum costs one addition for each flush and nothing for each frame. Confined to the loop, except where
 * stated otherwise.
 */
final class LoopMemory {
    private static final long NONE = Long.MAX_VALUE;

    /** Closing a connection with thousands of waiting frames takes a while, and other tasks wait for their turn. */
    private static final int CLOSED_AT_ONCE = 16;

    private final EventExecutor loop;
    private final OutboundBudget budget;
    private final List<NettyConnection> connections = new ArrayList<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong requestedShare = new AtomicLong(NONE);
    private long bytes;
    private long checkAt;
    private boolean exceeded;

    LoopMemory(EventExecutor loop, OutboundBudget budget) {
        this.loop = loop;
        this.budget = budget;
        budget.add(this);
        checkAt = budget.step();
    }

    /** The bytes that wait. Safe on any thread. */
    long bytes() {
        return published.get();
    }

    /** Counts the connection's bytes from now on. @return its index here, for {@link #remove} */
    int add(NettyConnection connection) {
        connections.add(connection);
        return connections.size() - 1;
    }

    void remove(int place) {
        NettyConnection last = connections.remove(connections.size() - 1);
        if (place < connections.size()) {
            connections.set(place, last);
            last.placeInMemory(place);
        }
    }

    /** Adds this many waiting bytes, fewer when negative, for one of the connections. */
    void changed(long by) {
        bytes += by;
        published.lazySet(bytes);
        if (by < 0) {
            checkAt = Math.min(checkAt, bytes + budget.step());
        } else if (bytes > checkAt) {
            checkAt = bytes + budget.step();
            exceeded = budget.isExceeded();
            if (exceeded) {
                budget.relieve();
            }
        }
    }

    /** Returns whether the sum is above its limit: while it is, nothing is added to what waits for a slow consumer. */
    boolean isExceeded() {
        // Other loops may have freed what was too much, and this one hears nothing of it.
        exceeded = exceeded && budget.isExceeded();
        return exceeded;
    }

    /** Closes the slowest consumers until no more than this waits here. Safe on any thread. */
    void shrinkTo(long share) {
        if (requestedShare.getAndSet(share) == NONE) {
            loop.execute(this::shrink);
        }
    }

    private void shrink() {
        long share = requestedShare.getAndSet(NONE);
        // Bytes that were counted may have been sent by now.
        connections.forEach(NettyConnection::count);
        closeAboveAverage(share);
    }

    private void closeAboveAverage(long share) {
        if (bytes > share) {
            // A client with less than the average is not the one to close.
            long average = bytes / Math.max(1, connections.size());
            closeSome(
                    connections.stream()
                            .filter(connection -> connection.waitingBytes() >= average)
                            .sorted(Comparator.comparingLong(NettyConnection::slowness)
                                    .reversed())
                            .toList()
                            .iterator(),
                    share,
                    bytes);
        }
    }

    /** @param before the bytes that waited when the slowest were chosen */
    private void closeSome(Iterator<NettyConnection> slowest, long share, long before) {
        for (int i = 0; i < CLOSED_AT_ONCE && bytes > share && slowest.hasNext(); i++) {
            slowest.next().closeForMemory();
        }
        if (bytes > share && slowest.hasNext()) {
            loop.execute(() -> closeSome(slowest, share, before));
        } else if (bytes < before) {
            // Those that are left have a lower average. Without progress, what was closed still holds its bytes.
            loop.execute(() -> closeAboveAverage(share));
        }
    }
}
