/**
 * The server's two clocks: one tells the date, one only measures.
 *
 * <pre>
 *   machine's clock ──► WallClock        JWTs, bans, mutes, ledger and audit times: right soon after the clock is set
 *   nanoTime        ──► MonotonicClock   time-outs, rate limits, leases, ticks: never jumps, says nothing of the date
 * </pre>
 *
 * <p>No other class may ask the machine for the time ({@code HouseRulesTest}). A lease looks at both clocks.
 */
@NullMarked
package tavern.server.time;

import org.jspecify.annotations.NullMarked;
