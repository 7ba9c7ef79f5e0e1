package tavern.server.store;

import java.nio.file.Path;

/**
 * @param path folder of the embedded store
 * @param operationsInFlightMax operations not yet answered; more are refused
 * @param outboxRowsMax committed trades not yet published; at this number, trades are refused
 * @param outboxBytesMax approximate size of those rows; 0 for a share of the store's capacity
 * @param outcomesKeptDays how long the outcome of a transaction is remembered at least, under the transaction's id
 * @param redis used when the kind is {@code REDIS}
 */
public record StoreSettings(
        Kind kind,
        Path path,
        int operationsInFlightMax,
        int outboxRowsMax,
        long outboxBytesMax,
        int outcomesKeptDays,
        Redis redis) {
    /** The value in the default configuration file. */
    public static final int OUTCOMES_KEPT_DAYS = 7;

    public enum Kind {
        EMBEDDED,
        REDIS
    }

    /**
     * @param uri in Lettuce's syntax: {@code redis://[[user]:password@]host[:port][/database]}, {@code rediss://} for
     *     TLS; for a Redis Cluster any of its nodes
     * @param allowVolatile start even on a Redis that may lose what it has acknowledged
     * @param commandTimeoutMillis after which a command counts as unanswered; it may have been executed
     * @param waitReplicas number of replicas that must have a trade before it is acknowledged; 0 to acknowledge at once
     */
    public record Redis(String uri, boolean allowVolatile, int commandTimeoutMillis, int waitReplicas) {
        /** The values in the default configuration file. */
        public static final Redis DEFAULT = new Redis("redis://127.0.0.1:6379", false, 500, 0);

        /**
         * How long to wait for replicas: less than the time-out of a command, so that the answer says how many there
         * were.
         */
        public int replicaWaitMillis() {
            return Math.max(1, commandTimeoutMillis * 3 / 4);
        }
    }

    /** Settings for an embedded store. */
    public static StoreSettings embedded(Path path, int operationsInFlightMax, int outboxRowsMax) {
        return new StoreSettings(
                Kind.EMBEDDED, path, operationsInFlightMax, outboxRowsMax, 0, OUTCOMES_KEPT_DAYS, Redis.DEFAULT);
    }
}
