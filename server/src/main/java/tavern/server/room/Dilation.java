package tavern.server.room;

import java.util.concurrent.TimeUnit;
import tavern.server.game.GameTime;

/**
 * Decides how fast a room's time goes. A room that takes too much of the time between two ticks, or that its thread is overloaded
 * by, ticks less often, in small steps, until what it does fits; and goes back in the same steps once it would fit again. Pure.
 */
@OnRoomThread
final class Dilation {
    /** Ticks that are judged together, so that a single long one changes nothing. */
    static final int WINDOW_TICKS = 5;

    /** Windows in a row that are too much before the first step; each further one is a step of its own. */
    private static final int WINDOWS_OVER = 2;

    /** Windows in a row in which a shorter interval would do, before each step back. */
    private static final int WINDOWS_CALM = 2;

    private static final int WINDOWS_CALM_MAX = 32 * WINDOWS_CALM;

    /** After a step back, so many windows decide whether it was too early. */
    private static final int WINDOWS_PROOF = 16;

    private static final double OVER = 0.8;
    private static final double CALM = 0.6;

    private final int tickEvery;
    private final int phases;
    private final long phaseNanos;
    private final int extraMax;

    /** P-114: the phases of one step. */
    private final int stepMax;

    /** By how many phases the interval is longer than at full speed. */
    private int extra;

    private long workNanos;
    private long workATickNanos;
    private int ticks;
    private int over;
    private int calm;
    private int calmNeeded = WINDOWS_CALM;
    private int sinceStepBack = WINDOWS_PROOF;

    /**
     * @param tickHz at full speed
     * @param tickEvery how many of those ticks make one of the room's: it may take as much longer
     * @param phases into which the interval is divided: the steps of its length
     * @param minPermille the slowest; {@link GameTime#FULL} for a room that always ticks as often
     */
    Dilation(int tickHz, int tickEvery, int phases, int minPermille) {
        this.tickEvery = tickEvery;
        this.phases = phases;
        this.phaseNanos = TimeUnit.SECONDS.toNanos(1) / tickHz / phases;
        this.extraMax = phases * GameTime.FULL / minPermille - phases;
        this.stepMax = Math.max(1, phases * 3 / 10);
    }

    /**
     * After each tick of the room.
     *
     * @param tookNanos what the room has done since the tick before
     * @return whether the speed has changed
     */
    boolean ticked(long tookNanos, int audience, ThreadStrain thread) {
        workNanos += tookNanos;
        if (++ticks < WINDOW_TICKS) {
            return false;
        }
        workATickNanos = workNanos / ticks / tickEvery;
        workNanos = 0;
        ticks = 0;
        boolean isOver = workATickNanos > OVER * intervalNanos(extra) || thread.blames(workATickNanos, audience);
        boolean isCalm = workATickNanos < CALM * intervalNanos(extra - 1) && !thread.isBusy();
        over = isOver ? over + 1 : 0;
        calm = isCalm ? calm + 1 : 0;
        sinceStepBack++;
        int before = extra;
        if (over >= WINDOWS_OVER && extra < extraMax) {
            slowDown();
        } else if (calm >= calmNeeded && extra > 0) {
            speedUp();
        }
        return extra != before;
    }

    private long intervalNanos(int extraPhases) {
        return (phases + extraPhases) * phaseNanos;
    }

    private void slowDown() {
        if (sinceStepBack < WINDOWS_PROOF) {
            // That was too early: the speed must not swing to and fro.
            calmNeeded = Math.min(WINDOWS_CALM_MAX, 2 * calmNeeded);
            sinceStepBack = WINDOWS_PROOF;
        }
        long wanted = (long) (workATickNanos / OVER / phaseNanos) + 1 - phases - extra;
        extra = (int) Math.min(extraMax, extra + Math.max(1, Math.min(wanted, stepMax)));
    }

    private void speedUp() {
        extra--;
        calm = 0;
        sinceStepBack = 0;
        if (extra == 0) {
            calmNeeded = WINDOWS_CALM;
        }
    }

    /** Nobody is there for whom the room could be too slow. @return whether the speed has changed */
    boolean reset() {
        boolean wasSlow = extra > 0;
        extra = 0;
        over = 0;
        calm = 0;
        workNanos = 0;
        workATickNanos = 0;
        ticks = 0;
        calmNeeded = WINDOWS_CALM;
        return wasSlow;
    }

    /** By how many phases the interval is longer than at full speed. */
    int extraPhases() {
        return extra;
    }

    int permille() {
        return GameTime.FULL * phases / (phases + extra);
    }

    /** What the room has done in each of the latest ticks of its thread, of which it may need several for one of its own. */
    long workATickNanos() {
        return workATickNanos;
    }
}
