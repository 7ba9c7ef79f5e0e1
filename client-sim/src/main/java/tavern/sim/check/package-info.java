/**
 * Judges a run by what it has left behind: the bots' logs, the store, the archive and the ledger queue. Knows neither the
 * servers' code nor the counts that the bots kept themselves.
 *
 * <pre>
 *   logs ──► BotLogs ──► ChatCheck, OwnerCheck, TradeCheck ──► Findings
 *                             ▲           ▲         ▲
 *                      RealmEntries (store, archive), tavern.sim.audit, tavern.sim.ledger (queue)
 * </pre>
 */
@NullMarked
package tavern.sim.check;

import org.jspecify.annotations.NullMarked;
