package tavern.server.store;

import java.nio.file.Path;

/**
 * @param path folder of the embedded store
 * @param operationsInFlightMax asked for and not yet answered; more are refused
 * @param outboxRowsMax not yet published; at more, trades are refused
 */
public record StoreSettings(Kind kind, Path path, int operationsInFlightMax, int outboxRowsMax) {
    public enum Kind {
        EMBEDDED,
        REDIS
    }
}
