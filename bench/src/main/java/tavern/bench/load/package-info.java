/**
 * Many players in one process, as cheap as possible, so that the server is measured and not the load.
 *
 * <pre>
 *   Swarm ─► LoadLoop (one per event loop: pace and counts) ─► LoadPlayer (one connection, of Tavern or the reference)
 * </pre>
 *
 * Received frames are counted in place. Players and loops are confined to their event loop's thread.
 */
@NullMarked
package tavern.bench.load;

import org.jspecify.annotations.NullMarked;
