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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreUnavailableException;

/**
 * Distinguishes an outage from a fault, and logs when an outage begins and ends. Safe on any thread.
 *
 * <p>A server that refuses writes still answers reads. So an answer ends an outage of a server that was silent; after a
 * refused write the outage ends only when the probe, which is a write, is accepted.
 */
final class RedisOutageLog {
    private static final Logger log = LoggerFactory.getLogger(RedisOutageLog.class);
    private static final long RETRY_AFTER_MILLIS = 1000;
    private static final long QUIET_MILLIS = 1000;

    /** First words of Redis errors that pass by themselves, or after an operator's intervention. */
    private static final Set<String> PASSING = Set.of(
            "LOADING",
            "BUSY",
            "MASTERDOWN",
            "READONLY",
            "UNBLOCKED",
            "OOM",
            "MISCONF",
            "NOREPLICAS",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "MOVED",
            "ASK",
            "NOAUTH",
            "NOPERM",
            "SCHEMA", // our scripts' own: the realm was lost, or is as it was before it was taken over
            "WRONGPASS");

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
    private volatile boolean failedLately;
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

    private static String firstWord(Throwable failure) {
        String message = text(failure);
        return message.substring(0, (message + " ").indexOf(' '));
    }

    /**
     * @param probe a write that is refused when writes are, and that reports its result here, because there may be no
     *     other traffic; it changes something only when the realm must be taken over once more
     * @param giveUp closes all connections, so that the address is resolved and connected to again
     */
    void recoverBy(Runnable probe, Runnable giveUp) {
        this.probe = probe;
        reconnect = giveUp;
    }

    /** Whether Redis answers and accepts writes, as far as is known. */
    boolean available() {
        return !silent && !refusing;
    }

    /** Why no operation may be sent now, or null: the data of a replica may be outdated. */
    @Nullable
    StoreUnavailableException refusal() {
        return demoted
                ? new StoreUnavailableException(
                        "Redis at " + server + " is a replica now; waiting for a master to answer there",
                        RETRY_AFTER_MILLIS)
                : null;
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

    /** A connection was opened, perhaps to another server than before, with data of an earlier time. */
    void connected() {
        if (!closed) {
            probe.run();
        }
    }

    StoreUnavailableException unavailable(Throwable failure) {
        failedLately = true;
        if (failure instanceof RedisCommandExecutionException) {
            refusing = true;
            if (DEMOTED.contains(firstWord(failure))) {
                demoted = true;
                reconnect.run();
            }
        } else {
            silent = true;
        }
        if (!closed && announced.compareAndSet(false, true)) {
            log.warn("Redis at {} is unavailable: {}; trades are refused until it answers", server, text(failure));
            scheduleCheck();
        }
        return new StoreUnavailableException("Redis is unavailable: " + text(failure), RETRY_AFTER_MILLIS);
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
