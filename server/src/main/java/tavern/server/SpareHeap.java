package tavern.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.time.MonotonicClock;

/**
 * Lets a busy server keep free heap, and an idle one return it to the system. Each time G1 has marked the heap, it makes it
 * such that between {@code MinHeapFreeRatio} and {@code MaxHeapFreeRatio} percent are free. With the ratios that suit an
 * idle server, new objects soon take what is free, so that a busy one would mark its heap without an end.
 *
 * <p>Does nothing where the ratios are not those that the launcher sets. Confined to one thread.
 */
final class SpareHeap {
    /** In percent. */
    record Ratios(int least, int most) {
        /** As {@code memory_flags} in {@code bin/lib.sh} has it. */
        static final Ratios IDLE = new Ratios(10, 20);

        /** Grows to four times of what is in use, as far as {@code -Xmx} permits, and never shrinks. */
        static final Ratios BUSY = new Ratios(75, 100);
    }

    private static final Logger log = LoggerFactory.getLogger(SpareHeap.class);
    private static final String LEAST = "MinHeapFreeRatio";
    private static final String MOST = "MaxHeapFreeRatio";
    private static final long LOOK_SECONDS = 5;

    /** Of a core; 10,000 players who only ping use up to three tenths of one. */
    private static final double BUSY_SHARE = 0.5;

    /** Half a minute: a burst of logins is shorter, and the heap that it would get would stay for longer. */
    private static final int BUSY_LOOKS = 6;

    private final Consumer<Ratios> options;
    private final LongSupplier cpuNanos;
    private final MonotonicClock clock;
    private long lastCpuNanos;
    private long lastNanos;
    private int busyLooks;
    private Ratios ratios = Ratios.IDLE;

    /**
     * @param options takes how much of the heap is to be free
     * @param cpuNanos CPU time of the process
     */
    SpareHeap(Consumer<Ratios> options, LongSupplier cpuNanos, MonotonicClock clock) {
        this.options = options;
        this.cpuNanos = cpuNanos;
        this.clock = clock;
        lastCpuNanos = cpuNanos.getAsLong();
        lastNanos = clock.read();
    }

    static SpareHeap ofThisProcess() {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new SpareHeap(ofThisJvm(), process::getProcessCpuTime, MonotonicClock.system());
    }

    /** Sets the ratios of this JVM, or does nothing where somebody has chosen others, or there are none. */
    static Consumer<Ratios> ofThisJvm() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (jvm == null || !Ratios.IDLE.equals(new Ratios(percent(jvm, LEAST), percent(jvm, MOST)))) {
            return ratios -> {};
        }
        return ratios -> {
            // At no moment may the least be more than the most.
            jvm.setVMOption(LEAST, "0");
            jvm.setVMOption(MOST, String.valueOf(ratios.most()));
            jvm.setVMOption(LEAST, String.valueOf(ratios.least()));
        };
    }

    private static int percent(HotSpotDiagnosticMXBean jvm, String option) {
        return Integer.parseInt(jvm.getVMOption(option).getValue());
    }

    /** Blocks for ever, and looks every few seconds. */
    void keep() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (!never.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
            look();
        }
    }

    /** Decides by what the process has done since the last looks. */
    void look() {
        long cpu = cpuNanos.getAsLong();
        long now = clock.read();
        boolean isBusy = cpu - lastCpuNanos > BUSY_SHARE * (now - lastNanos);
        lastCpuNanos = cpu;
        lastNanos = now;
        busyLooks = isBusy ? Math.min(busyLooks + 1, BUSY_LOOKS) : 0;
        Ratios wanted = busyLooks == BUSY_LOOKS ? Ratios.BUSY : Ratios.IDLE;
        if (!wanted.equals(ratios)) {
            ratios = wanted;
            options.accept(wanted);
            log.debug("{} percent of the heap are to be free, {} at most", wanted.least(), wanted.most());
        }
    }
}
