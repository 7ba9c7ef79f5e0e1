package tavern.sim.bots;

import java.util.concurrent.TimeUnit;
import tavern.client.TavernClient;
import tavern.sim.oracle.Tally;

/**
 * How long a bot hears nothing of its room, whatever the reason, and when it gives its server up. A bot that moves hears of
 * itself ten times a second, so silence is what a player would see as a game that stands still. Confined to the bot's event
 * loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // an answer counts when it comes
final class Silence {
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final TavernClient client;
    private final Tally tally;
    private boolean measuring;
    /** Whether the bot has cut its own connection, which is nobody's fault. */
    private boolean onPurpose;

    private long heardNanos;
    /** When the server last showed that it is there. */
    private long aliveNanos;

    private long patienceNanos = Long.MAX_VALUE;
    private long checkNanos;
    private boolean asked;

    Silence(TavernClient client, Tally tally) {
        this.client = client;
        this.tally = tally;
    }

    void begin(long nowNanos) {
        measuring = true;
        heardNanos = nowNanos;
        checkNanos = nowNanos;
    }

    void end(long nowNanos) {
        count(nowNanos);
        measuring = false;
    }

    void heard(long nowNanos) {
        count(nowNanos);
        onPurpose = false;
        heardNanos = nowNanos;
        aliveNanos = nowNanos;
        asked = false;
    }

    private void count(long nowNanos) {
        if (measuring && !onPurpose) {
            tally.silence(nowNanos - heardNanos);
        }
    }

    void onPurpose() {
        onPurpose = true;
    }

    /** @param idleMillis how long the server may be silent despite pings (P-11) */
    void welcomed(int idleMillis, long nowNanos) {
        patienceNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
        aliveNanos = nowNanos;
        asked = false;
    }

    /** P-11: asks a silent server for a sign of life, and closes the connection when none comes. */
    void check(long nowNanos) {
        if (nowNanos - checkNanos < 0) {
            return;
        }
        checkNanos = nowNanos + CHECK_NANOS;
        long silentNanos = nowNanos - aliveNanos;
        if (!client.isLive() || patienceNanos == Long.MAX_VALUE) {
            return;
        }
        if (silentNanos > patienceNanos) {
            client.close();
        } else if (!asked && silentNanos > patienceNanos / 3) {
            asked = true;
            client.ping().whenComplete((pong, failure) -> {
                if (failure == null) {
                    aliveNanos = System.nanoTime();
                    asked = false;
                }
            });
        }
    }
}
