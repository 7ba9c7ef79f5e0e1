package tavern.server.guard;

import org.jspecify.annotations.Nullable;

/**
 * The state of the process at one moment.
 *
 * @param silence of the thread that has not taken a turn for longest
 * @param closedBecause the reason why nobody can connect, or null when clients can
 * @param outbound the bytes that wait for clients
 * @param replay the bytes that replay logs hold beyond their floors
 * @param direct the bytes outside of the heap that buffers hold, free chunks of the pool included
 * @param descriptors open files and sockets
 */
public record Vitals(
        Heartbeats.Silence silence,
        @Nullable String closedBecause,
        Use outbound,
        Use replay,
        Use direct,
        Use descriptors) {
    /** How much of a limited resource is used. */
    public record Use(long used, long max) {
        public boolean isAbove(double part) {
            return used > part * max;
        }

        /** The share as text for operators. */
        public String percent() {
            return Math.round(100.0 * used / Math.max(1, max)) + " %";
        }
    }
}
