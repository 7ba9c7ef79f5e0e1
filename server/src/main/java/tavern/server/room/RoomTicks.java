package tavern.server.room;

import java.util.function.BooleanSupplier;
import tavern.server.time.MonotonicClock;

/**
 * When a room works: at its ticks, unless it rests, and in the turns of its mailbox. What it does in a tick is a {@link
 * RoomStep}.
 */
@OnRoomThread
final class RoomTicks extends Ticking implements RoomLoop.Turn {
    private final RoomThread thread;
    private final MonotonicClock clock;
    private final int every;
    private final RoomLife life;
    private final Tenure tenure;
    private final RoomTime time;
    private final RuleFailureLog failures;
    private final Seats seats;
    private final Interest interest;
    private final RoomStep step;
    private final BooleanSupplier newcomers;

    private int tick;
    private long nowMillis;

    /** Until this time a tick has nothing to do, as long as the room {@link RoomStep#isUndisturbed}. */
    private long restsUntilMillis;

    /** Of this turn of the mailbox. */
    private boolean hasShown;

    /** Those who come one right after another are shown the room together: everybody hears of all of them at once. */
    record Entering(Runnable task) implements Runnable {
        @Override
        public void run() {
            task.run();
        }
    }

    /**
     * @param every how many ticks of the thread's timer make one of the room
     * @param newcomers shows the room to those who have sat down ({@link RoomDoor#showIn})
     */
    RoomTicks(
            RoomThread thread,
            MonotonicClock clock,
            int every,
            RoomLife life,
            Tenure tenure,
            RoomTime time,
            RuleFailureLog failures,
            Seats seats,
            Interest interest,
            RoomStep step,
            BooleanSupplier newcomers) {
        this.thread = thread;
        this.clock = clock;
        this.every = every;
        this.life = life;
        this.tenure = tenure;
        this.time = time;
        this.failures = failures;
        this.seats = seats;
        this.interest = interest;
        this.step = step;
        this.newcomers = newcomers;
        this.nowMillis = clock.millis();
    }

    /** The time of the present turn or tick, in milliseconds of the monotonic clock. */
    long nowMillis() {
        return nowMillis;
    }

    /** The number of the last tick. */
    int last() {
        return tick;
    }

    @Override
    public void begins(long atMillis) {
        thread.begins();
        nowMillis = atMillis;
        hasShown = false;
        // Any of these tasks may leave something for the next tick.
        restsUntilMillis = 0;
    }

    @Override
    public void before(Runnable task) {
        if (!(task instanceof Entering)) {
            showIn();
        }
    }

    private void showIn() {
        failures.guard(() -> hasShown |= newcomers.getAsBoolean(), "newcomers");
    }

    @Override
    public int ends() {
        try {
            showIn();
            return interest.flush() || hasShown ? seats.size() : 0;
        } finally {
            thread.ends();
        }
    }

    @Override
    boolean tick(SendBatch batch, long dueMillis) {
        if (life.isHalted()) {
            reportDoubt();
            return false;
        }
        tick++;
        if (tick % every != 0) {
            return false;
        }
        boolean due = dueMillis >= restsUntilMillis;
        if (!due && step.isUndisturbed() && !time.isSlow()) {
            return false;
        }
        nowMillis = clock.millis();
        restsUntilMillis = 0;
        thread.begins();
        try {
            failures.guard(() -> restsUntilMillis = step.take(tick, nowMillis, batch), "a tick");
        } finally {
            thread.ends();
        }
        return !due || restsUntilMillis <= nowMillis;
    }

    /** The members of a room that stands still hear nothing else, for as long as the store is away. */
    private void reportDoubt() {
        thread.begins();
        try {
            failures.guard(tenure::reportDoubt, "a look at the lease");
        } finally {
            thread.ends();
        }
    }

    @Override
    int extraPhases() {
        return time.extraPhases();
    }

    @Override
    long workNanos() {
        return time.workNanos();
    }

    @Override
    int audience() {
        return seats.size();
    }

    /** The next tick has something to do. */
    void wake() {
        restsUntilMillis = 0;
    }

    /** A last snapshot, after which all members know the places as they are. */
    void tellPlaces() {
        tick++;
        SendBatch batch = new SendBatch();
        interest.tick(tick, batch);
        batch.send();
    }

    /** Goes on from another server's last tick. */
    void goOnFrom(int lastTick) {
        tick = lastTick;
        tellPlaces();
    }
}
