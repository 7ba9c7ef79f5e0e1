/**
 * The parts on the way of a move, one at a time, measured by JMH: how long, and how much garbage.
 *
 * <pre>
 *   bytes ─► InboundBytes (decode) ─► MoveSlot ─► rules ─► SnapshotEncoder ─► bytes
 * </pre>
 */
@NullMarked
package tavern.bench.inner;

import org.jspecify.annotations.NullMarked;
