/**
 * The outbox to RabbitMQ, at least once and in order.
 *
 * <pre>
 *   committed() ─ wakes ─┐                      ┌── confirms, returns, blocked, lost ◄─ the client's own thread
 *   store's answers ─────┼──► Inbox ──► Relay ──┤
 *   lease's answer ──────┘      (one thread)    └──► Pages ► Window ► BrokerLink ► RabbitMQ ► Removals
 * </pre>
 *
 * All state belongs to the relay's thread, the only one that may block in a publish; everybody else leaves a note in
 * its inbox. Must not know rooms, sessions or the network.
 */
@NullMarked
package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.NullMarked;
