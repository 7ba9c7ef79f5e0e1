package tavern.server.room;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether a thread has more to do than it can, and which rooms it is due to: the heaviest ones that together make up half of its
 * load. Others keep their ticks, however late they come because of those.
 *
 * <p>A room's load on its own thread is what it computes; and on all threads, in equal parts, what sending to its members and
 * reading from them costs, because their connections are spread over all. So a thread may be overloaded by rooms of others. Confined to
 * the thread, except for what others read.
 */
final class ThreadStrain {
    /** The share of an interval by which ticks begin late, on average, on a thread that cannot do more. */
    private static final double OVERLOADED = 0.25;

    /** The same on a thread to which rooms should not return. */
    private static final double BUSY = 0.15;

    /** Of one tick: about what reading a move and writing a snapshot cost. */
    private static final long NANOS_A_MEMBER = 10_000;

    private final List<ThreadStrain> all;
    private final long intervalNanos;
    private long lateNanos;
    private int wakeUps;
    private boolean isBusy;

    /** What a room's load must be for the room to be one of those that the load is due to. */
    private long blamedFromNanos = Long.MAX_VALUE;

    private long[] loads = new long[16];

    /** Read by the other threads: what sending to this one's rooms' members costs all threads together. */
    private volatile long sentNanos;

    /** Read by the other threads: it is overloaded, and not by its own rooms. */
    private volatile boolean blamesOthers;

    /** @param all to which it adds itself: those of all threads */
    ThreadStrain(CopyOnWriteArrayList<ThreadStrain> all, long intervalNanos) {
        this.all = all;
        this.intervalNanos = intervalNanos;
        all.add(this);
    }

    /** Ticks have begun, so much later than they were due. */
    void late(long nanos) {
        lateNanos += nanos;
        wakeUps++;
    }

    /** Judges the time since the last call. @param rooms of this thread */
    void judge(List<? extends List<Ticking>> rooms) {
        double late = wakeUps == 0 ? 0 : (double) lateNanos / wakeUps / intervalNanos;
        lateNanos = 0;
        wakeUps = 0;
        isBusy = late > BUSY;
        boolean isOverloaded = late > OVERLOADED;
        int count = 0;
        long own = 0;
        long members = 0;
        for (List<Ticking> some : rooms) {
            for (Ticking room : some) {
                members += room.audience();
                long load = load(room.workNanos(), room.audience());
                own += load;
                if (load > 0) {
                    if (count == loads.length) {
                        loads = Arrays.copyOf(loads, 2 * count);
                    }
                    loads[count++] = load;
                }
            }
        }
        sentNanos = members * NANOS_A_MEMBER;
        long total = own + sentByOthers();
        blamesOthers = isOverloaded && own < total / 2;
        boolean isOwnFault = (isOverloaded && !blamesOthers) || someBlameOthers();
        blamedFromNanos = isOwnFault ? heaviestHalf(count, own) : Long.MAX_VALUE;
    }

    private long load(long workNanos, int audience) {
        return workNanos + audience * NANOS_A_MEMBER / all.size();
    }

    private long sentByOthers() {
        long sent = 0;
        for (ThreadStrain other : all) {
            sent += other == this ? 0 : other.sentNanos / all.size();
        }
        return sent;
    }

    private boolean someBlameOthers() {
        for (ThreadStrain other : all) {
            if (other != this && other.blamesOthers) {
                return true;
            }
        }
        return false;
    }

    private long heaviestHalf(int count, long own) {
        Arrays.sort(loads, 0, count);
        long sum = 0;
        int i = count;
        while (i > 0 && sum < own / 2) {
            sum += loads[--i];
        }
        return i == count ? Long.MAX_VALUE : loads[i];
    }

    /** Whether a room that does so much for so many is one of those that a thread is overloaded by. */
    boolean blames(long workNanos, int audience) {
        return load(workNanos, audience) >= blamedFromNanos;
    }

    /** Whether ticks are so late that rooms should not be faster than they are. */
    boolean isBusy() {
        return isBusy;
    }
}
