package tavern.server.room;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of all turns of games that wait, or whose commits are under way. Once it is used up, no room takes a player's
 * message; what else happens to rooms is bounded in number. Safe on any thread.
 */
public final class TurnMemory {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    public TurnMemory(long bytesMax, MeterRegistry metrics) {
        this.bytesMax = bytesMax;
        Gauge.builder("tavern.turns.bytes", used, AtomicLong::get).register(metrics);
    }

    boolean hasSpaceFor(int bytes) {
        return used.get() + bytes <= bytesMax;
    }

    long bytesMax() {
        return bytesMax;
    }

    Share share() {
        return new Share();
    }

    /** What one room uses. Belongs to the room's thread. */
    final class Share {
        private long bytes;

        void set(long now) {
            if (now != bytes) {
                used.addAndGet(now - bytes);
                bytes = now;
            }
        }
    }
}
