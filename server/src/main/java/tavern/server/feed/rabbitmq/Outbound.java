package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.Nullable;
import tavern.server.store.OutboxRow;

/**
 * A row on its way.
 *
 * @param givenUp why it goes to the dead letters; null: it goes where it should
 */
record Outbound(OutboxRow row, Attempts.@Nullable GivenUp givenUp) {}
