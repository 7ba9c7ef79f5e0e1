package tavern.server.feed;

/** @param rabbitmq used when the kind is {@code RABBITMQ} */
public record FeedSettings(Kind kind, RabbitMq rabbitmq) {
    public enum Kind {
        NONE,
        RABBITMQ
    }

    /**
     * @param uri {@code amqp://user:password@host:port/vhost}, {@code amqps://} for TLS
     * @param inFlightMax messages published and not yet confirmed
     * @param confirmTimeoutSeconds after which the connection is given up and all unconfirmed messages go out again
     */
    public record RabbitMq(String uri, int inFlightMax, int confirmTimeoutSeconds) {}
}
