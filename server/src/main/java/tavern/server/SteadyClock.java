package tavern.server;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The only clock of the server: milliseconds since 1970, read once from the machine and counted on from there, so that
 * it never goes back and never jumps when somebody sets the machine's clock. Safe on any thread.
 */
public final class SteadyClock implements InstantSource {
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();

    @Override
    public long millis() {
        return startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
