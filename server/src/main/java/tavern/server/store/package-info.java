/**
 * What must not be lost: the port, and its implementations in packages of their own.
 *
 * <pre>
 *   room, cache, feed ──► Store ◄── store.embedded (SQLite)
 * </pre>
 *
 * Every method returns at once, on any thread, and completes on a thread of the store: whoever listens moves on to a
 * thread of its own. Must not know rooms, sessions or the network.
 */
@NullMarked
package tavern.server.store;

import org.jspecify.annotations.NullMarked;
