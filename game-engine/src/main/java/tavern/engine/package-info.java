/**
 * A room of a game as a state machine: inputs go in one after another, and each returns what is to be done about it. No threads, no
 * clock, no I/O; the server and the test kit are its two hosts.
 *
 * <pre>
 *   host ──joined, said, tick, committed …──► GameRoom ──► Output: Commit, Tell, Answer, …  ──► host
 *                                                │
 *                                              Game (tavern.game), one turn after another
 * </pre>
 *
 * Commits are pipelined: a turn is computed on the state of those still under way, and what it tells is put out when its
 * own commit and all before it are durable.
 */
@NullMarked
package tavern.engine;

import org.jspecify.annotations.NullMarked;
