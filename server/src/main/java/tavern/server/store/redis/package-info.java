/**
 * The realm in Redis: a single server or a Redis Cluster.
 *
 * <pre>
 *   caller ──► RedisStore ──► RedisExecutor ──► Link ──pipelined──► Redis: scripts, each all or nothing
 *   listener ◄── Changes ◄── pub/sub, on a connection of its own
 * </pre>
 *
 * All keys of the realm are in one slot. No thread waits for a reply, and nothing is sent again without the caller's
 * knowledge: an operation that was not answered fails, and may be repeated. The keys are described in docs/STORE.md.
 */
@NullMarked
package tavern.server.store.redis;

import org.jspecify.annotations.NullMarked;
