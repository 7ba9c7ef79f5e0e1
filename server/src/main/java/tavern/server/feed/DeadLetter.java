package tavern.server.feed;

/**
 * A message that could not be published, as found in the dead-letter queue.
 *
 * @param messageId the trade's id; empty if somebody else put the message there
 * @param routingKey the key it was published with
 * @param reason why it could not be published, in words; empty if the message does not say
 * @param atMillis when the trade was committed; 0 if the message does not say
 * @param bytes size of its body, even if the body was left out
 */
public record DeadLetter(String messageId, String routingKey, String reason, long atMillis, long bytes) {}
