package tavern.sim.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The faults of a run: a function of its arguments. Faults overlap, but not on one server, so that each meets a server that
 * was well a moment before.
 */
final class FaultSchedule {
    private static final int FIRST_MILLIS = 3_000;
    private static final int GAP_MILLIS_MIN = 1_200;
    private static final int GAP_MILLIS_MORE = 3_000;
    /** What a server needs to be up again, and its rooms to be open. */
    private static final int RECOVERY_MILLIS = 7_000;

    /** How long nothing else happens for each server that is stopped and started in a rolling restart. */
    static final int ROLL_MILLIS_EACH = 12_000;

    private static final int DELAY_MILLIS_MAX = 150;

    private static final int CLOCK_GAP_MILLIS = 10_000;

    /** With two clocks wrong in both directions a player's trade ids stay within the five minutes that servers accept (P-57). */
    private static final int CLOCK_MILLIS_MAX = 120_000;

    private final SplittableRandom random;
    private final int leaseMillis;
    private final long[] busyUntil;
    private long realmBusyUntil;
    private long rollUntil;
    private final List<Fault> faults = new ArrayList<>();

    private FaultSchedule(long seed, int nodes, int leaseMillis) {
        this.random = new SplittableRandom(seed);
        this.leaseMillis = leaseMillis;
        this.busyUntil = new long[nodes];
    }

    /**
     * All faults are over, and servers are up again, at the end of this time; what players still do then has to be well.
     *
     * @param leaseMillis how long a room stays with a server that no longer responds
     */
    static List<Fault> of(long seed, Duration time, int nodes, int leaseMillis) {
        FaultSchedule schedule = new FaultSchedule(seed, nodes, leaseMillis);
        long endMillis = time.toMillis() - leaseMillis - RECOVERY_MILLIS;
        schedule.fill(endMillis);
        schedule.setClocks(new SplittableRandom(~seed), endMillis);
        schedule.faults.sort(Comparator.comparingLong(Fault::atMillis));
        return schedule.faults;
    }

    private void fill(long endMillis) {
        long at = FIRST_MILLIS;
        while (at < endMillis) {
            FaultKind kind = kind();
            int first = random.nextInt(busyUntil.length);
            int millis = kind.millisMin + random.nextInt(kind.millisMax - kind.millisMin + 1);
            int delay = 5 + random.nextInt(DELAY_MILLIS_MAX);
            add(kind, at, first, kind.outlastsLease() ? leaseMillis + 200 + millis : millis, delay, endMillis);
            at += GAP_MILLIS_MIN + random.nextInt(GAP_MILLIS_MORE);
        }
    }

    /** By chance of its own, so that there is no other fault for it. Steps are from a tenth of a second to two minutes. */
    private void setClocks(SplittableRandom chance, long endMillis) {
        FaultKind kind = FaultKind.CLOCK;
        long[] rightAt = new long[busyUntil.length];
        for (long at = FIRST_MILLIS; at < endMillis; at += chance.nextInt(CLOCK_GAP_MILLIS)) {
            int node = chance.nextInt(rightAt.length);
            int millis = kind.millisMin + chance.nextInt(kind.millisMax - kind.millisMin + 1);
            int step = (int) Math.round(100 * Math.pow(CLOCK_MILLIS_MAX / 100.0, chance.nextDouble()));
            int byMillis = chance.nextBoolean() ? step : -step;
            if (rightAt[node] <= at) {
                rightAt[node] = at + millis + 1_000;
                faults.add(new Fault(at, kind, node + 1, millis, byMillis));
            }
        }
    }

    private FaultKind kind() {
        int left = random.nextInt(
                Arrays.stream(FaultKind.values()).mapToInt(kind -> kind.weight).sum());
        for (FaultKind kind : FaultKind.values()) {
            left -= kind.weight;
            if (left < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private void add(FaultKind kind, long at, int first, int millis, int delay, long endMillis) {
        boolean isSlow = kind == FaultKind.SLOW_STORE || kind == FaultKind.SLOW_CLIENTS;
        int byMillis = isSlow ? delay : 0;
        switch (kind.reach) {
            case NODE -> {
                for (int i = 0; i < busyUntil.length; i++) {
                    int node = (first + i) % busyUntil.length;
                    if (busyUntil[node] <= at) {
                        busyUntil[node] = at + millis + (kind == FaultKind.KILL ? RECOVERY_MILLIS : 1_000);
                        faults.add(new Fault(at, kind, node + 1, millis, byMillis));
                        return;
                    }
                }
            }
            case REALM -> {
                if (realmBusyUntil <= at) {
                    realmBusyUntil = at + millis + 2L * RECOVERY_MILLIS;
                    faults.add(new Fault(at, kind, 0, millis, byMillis));
                }
            }
            case ALL_NODES -> {
                if (rollUntil > at) {
                    return;
                }
                // Once all are well; nothing else begins until it is over.
                long busy =
                        Math.max(realmBusyUntil, Arrays.stream(busyUntil).max().orElse(0));
                long start = Math.max(at, busy);
                long until = start + (long) ROLL_MILLIS_EACH * busyUntil.length;
                if (until <= endMillis) {
                    Arrays.fill(busyUntil, until);
                    realmBusyUntil = until;
                    rollUntil = until;
                    faults.add(new Fault(start, kind, 0, millis, byMillis));
                }
            }
            case CLOCK -> throw new IllegalStateException("no share of the others");
        }
    }
}
