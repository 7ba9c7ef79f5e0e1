package tavern.server.store;

/**
 * What is to be published about a trade; the trade's id is its message id.
 *
 * @param body not copied: leave it as it is
 */
@SuppressWarnings("ArrayRecordComponent")
public record OutboxEvent(String routingKey, byte[] body) {}
