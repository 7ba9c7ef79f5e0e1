/**
 * The yardstick: a bare Netty server that frames, ticks and fans out as Tavern does, with no game in it, nothing checked
 * and nobody asked who they are. A process of its own.
 *
 * <pre>
 *   ReferenceMain ─► ReferenceServer ─► Connection (a player) ─► Room (on one event loop, ticked by its Ticks)
 * </pre>
 *
 * It is meant to be as fast as one can reasonably write it: no garbage on the way of a move, rooms run on the event
 * loops themselves, so that on one core nothing changes threads.
 */
@NullMarked
package tavern.bench.reference;

import org.jspecify.annotations.NullMarked;
