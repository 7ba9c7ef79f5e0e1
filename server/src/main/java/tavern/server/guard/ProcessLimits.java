package tavern.server.guard;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/**
 * The resources this process has been given: heap, direct memory, descriptors. The launcher derives the first two from
 * the machine.
 */
public final class ProcessLimits {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private ProcessLimits() {}

    /**
     * The bytes that may wait for all clients together. A waiting frame is direct memory, of which half is left to read
     * buffers and to slack of the pool; the entry that holds the frame is heap.
     */
    public static long outboundBytes() {
        return Math.min(directBytesMax() / 2, Runtime.getRuntime().maxMemory() / 4);
    }

    /** The bytes that all replay logs may hold together. */
    public static long replayBytes() {
        return Runtime.getRuntime().maxMemory() / 8;
    }

    /** The bytes that all turns of games which are not decided may have together. */
    public static long turnBytes() {
        return Runtime.getRuntime().maxMemory() / 8;
    }

    public static long directBytesMax() {
        return PlatformDependent.maxDirectMemory();
    }

    /** The direct memory that the network's buffers hold, free chunks of the pool included. */
    public static long directBytes() {
        return Math.max(0, PlatformDependent.usedDirectMemory());
    }

    /**
     * Returns whether an allocation that finds no direct memory fails at once. Otherwise Java collects garbage and
     * sleeps for half a second before it fails, on the thread that serves everybody.
     */
    public static boolean failsAtOnce() {
        return PlatformDependent.useDirectBufferNoCleaner() || !PlatformDependent.hasUnsafe();
    }

    /** How many files and sockets this process may have open. */
    public static long descriptorsMax() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : UNKNOWN;
    }

    /** How many files and sockets it has open. */
    public static long descriptorsOpen() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    /** The CPU time that the process has used; 0 if that is not known. */
    public static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.max(0, unix.getProcessCpuTime())
                : 0;
    }
}
