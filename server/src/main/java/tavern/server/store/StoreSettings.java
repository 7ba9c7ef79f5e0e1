package tavern.server.store;

import java.nio.file.Path;

/**
 * @param path folder of the embedded store
 * @param operationsInFlightMax asked for and not yet answered; more are refused
 * @param outboxRowsMax not yet published; at more, trades are refused
 * @param redis used when the kind is {@code REDIS}
 */
public record StoreSettings(Kind kind, Path path, int operationsInFlightMax, int outboxRowsMax, Redis redis) {
    public enum Kind {
        EMBEDDED,
        REDIS
    }

    /**
     * @param uri as Lettuce reads it: {@code redis://[[user]:password@]host[:port][/database]}, {@code rediss://} for TLS;
     *     for a Redis Cluster any of its nodes
     * @param allowVolatile start even on a Redis that may lose what it has acknowledged
     * @param commandTimeoutMillis after which a command counts as unanswered; it may have been done
     */
    public record Redis(String uri, boolean allowVolatile, int commandTimeoutMillis) {
        /** The default file's. */
        public static final Redis DEFAULT = new Redis("redis://127.0.0.1:6379", false, 500);
    }

    /** Of an embedded store. */
    public static StoreSettings embedded(Path path, int operationsInFlightMax, int outboxRowsMax) {
        return new StoreSettings(Kind.EMBEDDED, path, operationsInFlightMax, outboxRowsMax, Redis.DEFAULT);
    }
}
