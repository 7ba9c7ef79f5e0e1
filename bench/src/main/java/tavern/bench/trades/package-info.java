/**
 * Measures committed trades per second: the textbook recipe, bare limits, Tavern in this process, Tavern over TCP.
 *
 * <pre>
 *   TradesBenchmark ─► Contenders (what is compared) ─► Rounds (in turn, several times) ─► TradesSection (medians)
 * </pre>
 *
 * A contender's load runs on threads of its own until it is closed; the measuring thread only reads its count.
 */
@NullMarked
package tavern.bench.trades;

import org.jspecify.annotations.NullMarked;
