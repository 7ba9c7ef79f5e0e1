/**
 * JMH benchmarks of single parts: the steps of a move's path and one page of the list of rooms, with their time and
 * garbage.
 *
 * <pre>
 *   bytes ─► InboundBytes (decode) ─► MoveSlot ─► rules ─► SnapshotEncoder ─► bytes
 * </pre>
 */
@NullMarked
package tavern.bench.inner;

import org.jspecify.annotations.NullMarked;
