package tavern.server.feed;

/**
 * A message that could not be published, as it stands among the dead letters.
 *
 * @param messageId the trade's id; empty: somebody else put it there
 * @param routingKey that it was published with
 * @param reason in words; empty: it does not say
 * @param atMillis when the trade was committed; 0: it does not say
 * @param bytes of its body, also of one that was left out
 */
public record DeadLetter(String messageId, String routingKey, String reason, long atMillis, long bytes) {}
