package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.Nullable;
import tavern.server.store.OutboxRow;

/**
 * An outbox row that is being published.
 *
 * @param givenUp why it goes to the dead letters, or null for a message that goes to its proper destination
 */
record Outbound(OutboxRow row, Attempts.@Nullable GivenUp givenUp) {}
