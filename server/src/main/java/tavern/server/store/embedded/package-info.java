/**
 * The realm in one SQLite file.
 *
 * <pre>
 *   caller ──Operation──► queue ──► Worker ──batch──► Transactions ──► WriteSession ──► tavern.db
 *                           │                                              (Accounts, Transfers, Outcomes …)
 *                           └─────► Worker ─────────► Transactions ──► ReadSession ◄── tavern.db
 * </pre>
 *
 * One thread writes: waiting operations share a transaction, and are answered after its commit. One thread reads,
 * another walks through the ledger, and another runs the slow checks; all see committed state only. A session and all
 * its state are confined to one thread and discarded with the first transaction that fails, so memory never
 * contradicts the file. Must not depend on a clock.
 */
@NullMarked
package tavern.server.store.embedded;

import org.jspecify.annotations.NullMarked;
