/**
 * The other end of the feed: reads committed trades from the queue and judges them by what the bots know.
 *
 * <pre>
 *  tavern.trades.ledger ──► LedgerConsumer ──► LedgerMessage ──► Ledger ──► FeedAudit
 *                           (its connection)   (limits)          (once each)
 * </pre>
 *
 * The consumer's threads write the {@link tavern.sim.ledger.Ledger}; the audit reads it when they have ended.
 */
@NullMarked
package tavern.sim.ledger;

import org.jspecify.annotations.NullMarked;
