/**
 * The books: a searchable copy of the ledger by player and by item, for operators, and the check that players really own
 * what it says, all the time ({@link tavern.server.books.Books}) and from the beginning of the ledger
 * ({@link tavern.server.books.ConservationCheck}).
 *
 * <pre>
 *   AccountStore.ledger ──page──► Follower ──► Posting, BookBalances ──► BookFile (SQLite, in store.path) ◄── BookQueries ◄── ops
 *   AccountStore.holdings ► Economy ─────── Comparison ──────────────┘ when both stand at the same entry
 * </pre>
 *
 * The books are confined to one thread, {@code books}: pages and queries take turns. Nothing here is needed to run a game,
 * and the file can be computed again from the ledger at any time. Knows the store's port and the rules, nothing of ops.
 */
@NullMarked
package tavern.server.books;

import org.jspecify.annotations.NullMarked;
