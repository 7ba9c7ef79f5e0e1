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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreUnavailableException;

/** Tells an outage from a fault, and says in the log when one begins and when it is over. Any thread. */
final class Outages {
    private static final Logger log = LoggerFactory.getLogger(Outages.class);
    private static final long RETRY_AFTER_MILLIS = 1000;
    private static final long QUIET_MILLIS = 1000;

    /** First words of Redis' errors that pass by themselves, or by an operator's hand. */
    private static final Set<String> PASSING = Set.of(
            "LOADING",
            "BUSY",
            "MASTERDOWN",
            "READONLY",
            "OOM",
            "MISCONF",
            "NOREPLICAS",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "MOVED",
            "ASK",
            "NOAUTH",
            "NOPERM",
            "WRONGPASS");

    private final String server;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean announced = new AtomicBoolean();
    private volatile boolean available = true;
    private volatile boolean failedLately;
    private volatile Runnable probe = () -> {};

    /** @param server as the log calls it: without a password */
    Outages(String server, ScheduledExecutorService timer) {
        this.server = server;
        this.timer = timer;
    }

    static boolean isOutage(Throwable failure) {
        if (failure instanceof RedisCommandExecutionException) {
            String message = String.valueOf(failure.getMessage());
            return PASSING.contains(message.substring(0, Math.max(0, (message + " ").indexOf(' '))));
        }
        return failure instanceof RedisException
                || failure instanceof IOException
                || failure instanceof CancellationException
                || failure instanceof RejectedExecutionException;
    }

    /** What asks Redis for something, and says here what came of it: perhaps nobody else asks. */
    void probe(Runnable question) {
        probe = question;
    }

    /** Whether the last that was heard of Redis is an answer. */
    boolean available() {
        return available;
    }

    void answered() {
        if (!available) {
            available = true;
        }
    }

    StoreUnavailableException unavailable(Throwable failure) {
        available = false;
        failedLately = true;
        if (announced.compareAndSet(false, true)) {
            log.warn("Redis at {} is unavailable: {}; trades are refused until it answers", server, text(failure));
            lookAgain();
        }
        return new StoreUnavailableException("Redis is unavailable: " + text(failure), RETRY_AFTER_MILLIS);
    }

    private void lookAgain() {
        if (!timer.isShutdown()) {
            timer.schedule(this::look, QUIET_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** An outage is over when nothing has failed for a while: one that comes and goes is one outage in the log. */
    private void look() {
        boolean over = available && !failedLately;
        failedLately = false;
        if (over) {
            announced.set(false);
            log.info("Redis at {} answers again", server);
        } else {
            lookAgain();
            probe.run();
        }
    }

    private static String text(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
