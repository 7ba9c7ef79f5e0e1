/**
 * Publishes the outbox to RabbitMQ, at least once and in order.
 *
 * <pre>
 *   committed() ─ wakes ─┐                      ┌── confirms, returns, blocked, lost ◄─ the client's own thread
 *   store's answers ─────┼──► Inbox ──► Relay ──┤
 *   lease's answer ──────┘      (one thread)    └──► Pages ► Window ► BrokerLink ► RabbitMQ ► Removals
 * </pre>
 *
 * All state is confined to the relay's thread, the only one that may block in a publish; every other thread adds a task
 * to its inbox. Must not depend on rooms, sessions or the network.
 */
@NullMarked
package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.NullMarked;
