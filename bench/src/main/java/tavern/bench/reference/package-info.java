/**
 * The yardstick: a bare Netty server that frames, ticks and fans out as Tavern does, with no game, no checks and no
 * authentication. It runs in a process of its own.
 *
 * <pre>
 *   ReferenceMain ─► ReferenceServer ─► ReferenceConnection (a player) ─► ReferenceRoom (ticked by ReferenceTicks)
 * </pre>
 *
 * It is meant to be as fast as one can reasonably write it: a move makes no garbage, and rooms run on the event loops
 * themselves, so that on one core nothing changes threads.
 */
@NullMarked
package tavern.bench.reference;

import org.jspecify.annotations.NullMarked;
