/**
 * The realm in Redis: a single server or a Redis Cluster.
 *
 * <pre>
 *   caller ──► RedisStore ──► Calls ──► Link ──pipelined──► Redis: scripts, each all or nothing
 *   listener ◄── Changes ◄── pub/sub, on a connection of its own
 * </pre>
 *
 * All keys of the realm are in one slot. Nothing waits for a reply and nothing is sent twice behind the caller's back:
 * what was not answered fails, and may be asked for again. The keys are described in docs/STORE.md.
 */
@NullMarked
package tavern.server.store.redis;

import org.jspecify.annotations.NullMarked;
