package tavern.sim.bots;

import tavern.sim.oracle.Tally;

/**
 * How long a bot hears nothing of its room, whatever the reason. A bot that moves hears of itself ten times a second, so
 * silence is what a player would see as a game that stands still. Confined to the bot's event loop.
 */
final class Silence {
    private final Tally tally;
    private boolean measuring;
    /** Whether the bot has cut its own connection, which is nobody's fault. */
    private boolean onPurpose;

    private long heardNanos;

    Silence(Tally tally) {
        this.tally = tally;
    }

    void begin(long nowNanos) {
        measuring = true;
        heardNanos = nowNanos;
    }

    void end(long nowNanos) {
        count(nowNanos);
        measuring = false;
    }

    void heard(long nowNanos) {
        count(nowNanos);
        onPurpose = false;
        heardNanos = nowNanos;
    }

    private void count(long nowNanos) {
        if (measuring && !onPurpose) {
            tally.silence(nowNanos - heardNanos);
        }
    }

    void onPurpose() {
        onPurpose = true;
    }
}
