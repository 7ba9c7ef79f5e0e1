/**
 * The realm in one SQLite file.
 *
 * <pre>
 *   caller ──Operation──► queue ──► Worker ──batch──► Transactions ──► WriteSession ──► tavern.db
 *                           │                                              (Accounts, Ledger, Trades …)
 *                           └─────► Worker ─────────► Transactions ──► ReadSession ◄── tavern.db
 * </pre>
 *
 * One thread writes: what waits goes into one transaction, and is answered after its commit. One thread reads, one
 * more walks through the ledger, and one runs the slow checks; all see committed state only. A session and all it remembers belong to one thread and
 * die with the first transaction that fails, so memory never says what the file does not. Must not know a clock.
 */
@NullMarked
package tavern.server.store.embedded;

import org.jspecify.annotations.NullMarked;
