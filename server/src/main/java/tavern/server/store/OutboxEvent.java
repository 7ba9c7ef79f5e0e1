package tavern.server.store;

/**
 * A message to be published about a transaction, as far as it is known before the commit.
 *
 * @param routingKey {@code <kind>.<realm>.<room>}; at most 255 characters, as AMQP requires
 * @param body a {@code tavern.v1.TransactionCommitted} without message id, sequence, legs and accounts, which the feed
 *     adds from the {@link OutboxRow}; not copied, and must not be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record OutboxEvent(String routingKey, byte[] body) {
    static final int ROUTING_KEY_MAX = 255;
}
