package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreUnavailableException;

/** Tells an outage from a fault, and says in the log when one begins and when it is over. Any thread. */
final class Outages {
    private static final Logger log = LoggerFactory.getLogger(Outages.class);
    private static final long RETRY_AFTER_MILLIS = 1000;

    /** First words of Redis' errors that pass by themselves, or by an operator's hand. */
    private static final Set<String> PASSING = Set.of(
            "LOADING", "BUSY", "MASTERDOWN", "READONLY", "OOM", "MISCONF", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN",
            "MOVED", "ASK", "NOAUTH", "NOPERM", "WRONGPASS");

    private final String server;
    private final AtomicBoolean available = new AtomicBoolean(true);

    /** @param server as the log calls it: without a password */
    Outages(String server) {
        this.server = server;
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

    boolean available() {
        return available.get();
    }

    void answered() {
        if (!available.get() && available.compareAndSet(false, true)) {
            log.info("Redis at {} answers again", server);
        }
    }

    StoreUnavailableException unavailable(Throwable failure) {
        if (available.compareAndSet(true, false)) {
            log.warn("Redis at {} is unavailable: {}; trades are refused until it answers", server, text(failure));
        }
        return new StoreUnavailableException("Redis is unavailable: " + text(failure), RETRY_AFTER_MILLIS);
    }

    private static String text(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
