package tavern.server.guard;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * A log for events that clients or a broken part can cause at any rate: it writes a bounded number of lines, counts the
 * others, and never throws, whatever an exception's own {@code getMessage} does. Safe on any thread.
 */
public final class PacedLog {
    private static final int LINES_A_SECOND = 10;

    private final Logger log;
    private final int linesMax;
    private final long windowNanos;
    private final Ticker ticker;

    private long windowStart;
    private int lines;
    private long leftOut;

    PacedLog(Logger log, int linesMax, long windowNanos, Ticker ticker) {
        this.log = log;
        this.linesMax = linesMax;
        this.windowNanos = windowNanos;
        this.ticker = ticker;
        this.windowStart = ticker.nanoTime();
    }

    /** Writes up to ten lines a second. */
    public static PacedLog perSecond(Logger log) {
        return perSecond(log, LINES_A_SECOND);
    }

    public static PacedLog perSecond(Logger log, int linesMax) {
        return new PacedLog(log, linesMax, TimeUnit.SECONDS.toNanos(1), Ticker.systemTicker());
    }

    /** Writes one line a minute. */
    public static PacedLog perMinute(Logger log) {
        return new PacedLog(log, 1, TimeUnit.MINUTES.toNanos(1), Ticker.systemTicker());
    }

    public void info(String format, Object... arguments) {
        write(Level.INFO, format, arguments);
    }

    public void warn(String format, Object... arguments) {
        write(Level.WARN, format, arguments);
    }

    /** @param arguments the last one may be an exception, whose stack trace is written */
    public void error(String format, Object... arguments) {
        write(Level.ERROR, format, arguments);
    }

    // The caller has work to finish, and a message that cannot be written must not keep it from that.
    @SuppressWarnings("IllegalCatch")
    private void write(Level level, String format, Object... arguments) {
        try {
            if (!log.isEnabledForLevel(level)) {
                return;
            }
            long before = take();
            if (before < 0) {
                return;
            }
            if (before > 0) {
                log.atLevel(level).log("{} lines like the next one were left out", before);
            }
            log.atLevel(level).log(format, arguments);
        } catch (Throwable broken) {
            writeWithout(level, format, arguments, broken);
        }
    }

    @SuppressWarnings("IllegalCatch")
    private void writeWithout(Level level, String format, Object[] arguments, Throwable broken) {
        try {
            Object[] plain = arguments.clone();
            for (int i = 0; i < plain.length; i++) {
                if (plain[i] instanceof Throwable thrown) {
                    plain[i] = describe(thrown);
                }
            }
            String without = MessageFormatter.arrayFormat(format, plain).getMessage();
            String cause = plain.length == 0 ? describe(broken) : plain[plain.length - 1].toString();
            log.atLevel(level).log("{}: {}", without, cause);
        } catch (Throwable given) {
            // The log itself has failed, so there is nowhere to report it.
        }
    }

    /** Whether a line may be written. @return how many were left out before it, or -1 */
    private synchronized long take() {
        long now = ticker.nanoTime();
        if (now - windowStart >= windowNanos) {
            windowStart = now;
            lines = 0;
        }
        if (lines >= linesMax) {
            leftOut++;
            return -1;
        }
        lines++;
        long before = leftOut;
        leftOut = 0;
        return before;
    }

    /** An exception's own description, or its class's name when describing it throws. */
    @SuppressWarnings("IllegalCatch")
    public static String describe(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (Throwable broken) {
            return thrown.getClass().getName();
        }
    }
}
