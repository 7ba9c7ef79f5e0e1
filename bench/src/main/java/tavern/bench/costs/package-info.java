/**
 * What one login, join, line of chat or trade costs Redis and the server, counted one kind after another on a server that does nothing else.
 *
 * <pre>
 *   CostsBenchmark ─► CostPlayer: does one thing after another     RedisCount before and after ─► CostsSection
 * </pre>
 */
@NullMarked
package tavern.bench.costs;

import org.jspecify.annotations.NullMarked;
