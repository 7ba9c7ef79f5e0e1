/**
 * The books: what the ledger says about each player and each item, for operators to search, and whether it is what
 * players really own.
 *
 * <pre>
 *   Store.ledger ──page──► Follower ──► BookFile (SQLite, in store.path) ◄── BookQueries ◄── the API
 *   Store.holdings ──────► Economy ───────┘ compared when both stand at the same entry
 * </pre>
 *
 * One thread, {@code ops-books}, owns all of it: pages and questions take turns. Nothing here is needed to run a game,
 * and the file can be worked out again from the ledger at any time.
 */
@NullMarked
package tavern.server.ops.books;

import org.jspecify.annotations.NullMarked;
