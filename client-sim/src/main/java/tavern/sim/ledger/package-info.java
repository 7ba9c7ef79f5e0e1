/**
 * The consuming end of the feed: reads committed trades from the queue and checks them against what the bots know.
 *
 * <pre>
 *  tavern.trades.ledger ──► LedgerConsumer ──► LedgerMessage ──► FeedLedger ──► FeedAudit
 *                           (its connection)   (limits)          (once each)
 * </pre>
 *
 * The consumer's threads write the {@link tavern.sim.ledger.FeedLedger}; the audit reads it after they have ended.
 */
@NullMarked
package tavern.sim.ledger;

import org.jspecify.annotations.NullMarked;
