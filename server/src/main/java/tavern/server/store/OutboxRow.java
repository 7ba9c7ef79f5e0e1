package tavern.server.store;

import org.jspecify.annotations.Nullable;

/**
 * @param sequence ascending in the order of commits
 * @param committed what the transaction did; null for a row of a server before transactions, whose event's body is whole
 * @param read which read of the store has found it: what one read has found was there at the same moment
 */
public record OutboxRow(
        long sequence,
        String messageId,
        OutboxEvent event,
        @Nullable CommittedLegs committed,
        long atMillis,
        long read) {}
