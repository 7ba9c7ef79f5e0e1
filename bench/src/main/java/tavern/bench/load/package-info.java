/**
 * Many players from one process, as cheap as they can be, so that the server is measured and not they.
 *
 * <pre>
 *   Swarm ─► LoadLoop (one an event loop: pace and counts) ─► Player (a connection: TavernPlayer or ReferencePlayer)
 * </pre>
 *
 * What is received is counted where it lies. All of a player and of a loop belongs to the event loop's thread.
 */
@NullMarked
package tavern.bench.load;

import org.jspecify.annotations.NullMarked;
