/**
 * What a game consists of, and what it may do. A game is pure: it gets a room's state and a message, and returns the next
 * state and, by way of {@link tavern.game.Turn}, what follows from it.
 *
 * <pre>
 *   message, timer, coming, going ──► Game ──► next state + goods + timers + events    one commit
 *                                      │
 *                                      └─────► what is told                             once that is durable
 * </pre>
 *
 * No threads, no clock, no I/O, no static state: the same calls give the same results, which is what lets the server
 * compute a turn again, and a test crash at any moment. {@code docs/GAMES.md} is the tutorial.
 */
@NullMarked
package tavern.game;

import org.jspecify.annotations.NullMarked;
