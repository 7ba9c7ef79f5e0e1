/**
 * The frame format shared by both ends of a measurement, handled without objects per frame.
 *
 * <pre>
 *   reference ─► wire ◄─ load
 * </pre>
 */
@NullMarked
package tavern.bench.wire;

import org.jspecify.annotations.NullMarked;
