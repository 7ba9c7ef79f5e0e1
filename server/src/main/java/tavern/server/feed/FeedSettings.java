package tavern.server.feed;

/** @param rabbitmq used when the kind is {@code RABBITMQ} */
public record FeedSettings(Kind kind, RabbitMq rabbitmq) {
    public enum Kind {
        NONE,
        RABBITMQ
    }

    /**
     * @param uri {@code amqp://user:password@host:port/vhost}, {@code amqps://} for TLS
     * @param ledgerQueue whether to declare {@code tavern.trades.ledger}, which somebody must then consume. If so, a
     *     trade that reaches no queue counts as lost; otherwise it counts as published to nobody.
     * @param inFlightMax messages published and not yet confirmed
     * @param confirmTimeoutSeconds after which the connection is given up and all unconfirmed messages are published
     *     again
     */
    public record RabbitMq(String uri, boolean ledgerQueue, int inFlightMax, int confirmTimeoutSeconds) {}
}
