/**
 * A realm of several servers on one machine, each in a process of its own, with services of its own behind it.
 *
 * <pre>
 *   bots ──► FaultProxy ──► ServerNode ──► FaultProxy ──► Redis, RabbitMQ (OwnServices: bin/services)
 * </pre>
 *
 * {@code bin/cluster} has no proxies. Everything blocks the thread that calls it, except the proxies, which have event loops
 * of their own.
 */
@NullMarked
package tavern.sim.cluster;

import org.jspecify.annotations.NullMarked;
