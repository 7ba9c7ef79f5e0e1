package tavern.server.room;

import tavern.server.game.GameTime;
import tavern.server.game.RoomRules;

/** P-112: the speed of a room's time, which its rules, its members and its thread's timer have to know. */
@OnRoomThread
final class RoomTime {
    private final Dilation dilation;
    private final ThreadStrain thread;
    private final RoomPulse pulse;
    private final Seats seats;
    private final Interest interest;

    /** Any thread may read it. */
    private volatile int permille = GameTime.FULL;

    RoomTime(
            RoomSettings settings,
            int tickEvery,
            ThreadStrain thread,
            RoomPulse pulse,
            Seats seats,
            Interest interest) {
        int tickHz = settings.tickHz();
        this.dilation = new Dilation(tickHz, tickEvery, TickPhases.phasesOf(tickHz), settings.slowestPermille());
        this.thread = thread;
        this.pulse = pulse;
        this.seats = seats;
        this.interest = interest;
    }

    /** Before a tick: judges those before it. */
    void tick(RoomRules rules, long nowMillis) {
        long tookNanos = pulse.takeWorkNanos();
        boolean hasChanged = seats.size() == 0 ? dilation.reset() : dilation.ticked(tookNanos, seats.size(), thread);
        if (hasChanged) {
            permille = dilation.permille();
            rules.passTime(permille, nowMillis);
            interest.event(Frames.encode(Frames.ALLOCATOR, Wire.tickRate(permille)));
        }
    }

    /** 1000 at full speed. Safe on any thread. */
    int permille() {
        return permille;
    }

    boolean isSlow() {
        return dilation.extraPhases() > 0;
    }

    int extraPhases() {
        return dilation.extraPhases();
    }

    long workNanos() {
        return dilation.workATickNanos();
    }
}
