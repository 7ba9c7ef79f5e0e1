package tavern.server.store;

/** @param sequence ascending in the order of the commits */
public record OutboxRow(long sequence, String messageId, OutboxEvent event, long atMillis) {}
