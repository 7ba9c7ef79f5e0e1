package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreUnavailableException;

/**
 * Distinguishes an outage from a fault, and logs when an outage begins and ends. Safe on any thread.
 *
 * <p>A server that refuses writes still answers reads. So an answer ends an outage of a server that was silent; after a
 * refused write the outage ends only when the probe, which is a write, is accepted.
 *
 * <p>A connection may lead to another server than the one before, with another realm or none. So after each loss and each
 * connect, everything but the probe is refused until the probe has recognised the realm.
 */
final class RedisOutageLog {
    private static final Logger log = LoggerFactory.getLogger(RedisOutageLog.class);
    private static final long RETRY_AFTER_MILLIS = 1000;
    private static final long QUIET_MILLIS = 1000;

    /** First word of our scripts' own error: the realm was lost, is another one, or is of another schema. */
    private static final String STRANGE = "SCHEMA";

    /** First words of Redis errors that pass by themselves, or after an operator's intervention. */
    private static final Set<String> PASSING = Set.of(
            "LOADING",
            "BUSY",
            "MASTERDOWN",
            "READONLY",
            "UNBLOCKED",
            "OOM",
            "MISCONF",
            ReplicaAcks.TOO_FEW,
            "CLUSTERDOWN",
            "TRYAGAIN",
            "MOVED",
            "ASK",
            "NOAUTH",
            "NOPERM",
            RedisOutageLog.STRANGE,
            "WRONGPASS");

    /** Those of a server that cannot answer yet: they pass without an operator's intervention. */
    private static final Set<String> SILENT = Set.of("LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN");

    /**
     * First words of the errors of a server that is no longer the master: another one is, wherever the address now
     * leads.
     */
    private static final Set<String> DEMOTED = Set.of("READONLY", "MASTERDOWN", "UNBLOCKED");

    private final String server;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean announced = new AtomicBoolean();
    private volatile boolean silent;
    private volatile boolean refusing;
    private volatile boolean demoted;

    /** How many times there was reason to doubt that the realm is still the one that was opened. */
    private final AtomicInteger doubts = new AtomicInteger();

    /** How many of these had come when a probe was sent that has recognised the realm. */
    private final AtomicInteger doubtsCleared = new AtomicInteger();

    /** What the realm was found to be instead; empty if nothing is known. */
    private volatile String strangeness = "";

    private volatile boolean failedLately;

    /** Before, whoever opens the realm tells of failures. */
    private volatile boolean opened;

    private volatile boolean closed;
    private volatile Runnable probe = () -> {};
    private volatile Runnable reconnect = () -> {};

    /** @param server its name in the log, without a password */
    RedisOutageLog(String server, ScheduledExecutorService timer) {
        this.server = server;
        this.timer = timer;
    }

    static boolean isOutage(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                ? PASSING.contains(firstWord(failure))
                : failure instanceof RedisException
                        || failure instanceof IOException
                        || failure instanceof CancellationException
                        || failure instanceof RejectedExecutionException;
    }

    /** Whether this outage is that nothing was answered in time, or that a server cannot answer yet. */
    static boolean isSilence(Throwable outage) {
        return outage instanceof RedisCommandExecutionException ? SILENT.contains(firstWord(outage)) : isOutage(outage);
    }

    private static String firstWord(Throwable failure) {
        String message = text(failure);
        return message.substring(0, (message + " ").indexOf(' '));
    }

    /**
     * The realm is open: from now on outages are told of, and end by themselves.
     *
     * @param probe a write that is refused when writes are, and that reports its result here, because there may be no
     *     other traffic; it changes something only when the realm must be taken over once more
     * @param giveUp closes all connections, so that the address is resolved and connected to again
     */
    void recoverBy(Runnable probe, Runnable giveUp) {
        this.probe = probe;
        reconnect = giveUp;
        opened = true;
        if (!available()) {
            probe();
        }
    }

    /** Whether Redis answers and accepts writes, as far as is known. */
    boolean available() {
        return !silent && !refusing && isRecognised();
    }

    private boolean isRecognised() {
        return doubtsCleared.get() == doubts.get();
    }

    /** Why nothing but the probe may be sent now, or null: the data may be outdated, or not be the realm's. */
    @Nullable
    StoreUnavailableException refusal() {
        if (demoted) {
            return refusal("is a replica now; waiting for a master to answer there");
        }
        if (isRecognised()) {
            return null;
        }
        String strange = strangeness;
        return refusal(
                strange.isEmpty()
                        ? "was disconnected, and is used again once the realm there is recognised"
                        : "has not got the realm: " + strange);
    }

    private StoreUnavailableException refusal(String why) {
        return new StoreUnavailableException("Redis at " + server + " " + why, RETRY_AFTER_MILLIS);
    }

    /** Redis has sent a reply. */
    void answered() {
        if (silent) {
            silent = false;
        }
    }

    /** The probe was accepted. */
    void accepted() {
        silent = false;
        refusing = false;
        demoted = false;
    }

    /** The connection was lost, or one was opened, perhaps to another server than before; a probe must follow. */
    void doubt() {
        doubts.incrementAndGet();
    }

    /** Sends the probe now. */
    void probe() {
        if (!closed) {
            probe.run();
        }
    }

    /** To be asked before a probe is sent, and told to {@link #recognised} afterwards. */
    int doubts() {
        return doubts.get();
    }

    /**
     * The probe has found the realm that was opened.
     *
     * @param doubtsBefore what came later is not cleared by this probe
     */
    void recognised(int doubtsBefore) {
        strangeness = "";
        doubtsCleared.accumulateAndGet(doubtsBefore, Math::max);
    }

    StoreUnavailableException unavailable(Throwable failure) {
        failedLately = true;
        if (failure instanceof RedisCommandExecutionException) {
            refusing = true;
            if (STRANGE.equals(firstWord(failure))) {
                strangeness = text(failure);
                doubt();
            }
            if (DEMOTED.contains(firstWord(failure))) {
                demoted = true;
                reconnect.run();
            }
        } else {
            silent = true;
        }
        if (opened && !closed && announced.compareAndSet(false, true)) {
            log.warn("Redis at {} is unavailable: {}; trades are refused until it answers", server, text(failure));
            scheduleCheck();
        }
        return new StoreUnavailableException("Redis is unavailable: " + text(failure), RETRY_AFTER_MILLIS, failure);
    }

    private void scheduleCheck() {
        if (!timer.isShutdown()) {
            timer.schedule(this::check, QUIET_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** An outage is over when nothing has failed for a while: intermittent failures are one outage in the log. */
    private void check() {
        boolean over = available() && !failedLately;
        failedLately = false;
        if (over) {
            announced.set(false);
            if (available()) {
                log.info("Redis at {} answers again", server);
            } else if (announced.compareAndSet(false, true)) {
                // A failure came while the outage was still announced, so no other check is scheduled.
                scheduleCheck();
            }
        } else {
            scheduleCheck();
            probe.run();
        }
    }

    /** The server is about to close its connection: failures from now on are not an outage. */
    void close() {
        closed = true;
    }

    private static String text(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
