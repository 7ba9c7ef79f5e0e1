/**
 * Bytes as both ends of a measurement see them: frames without objects.
 *
 * <pre>
 *   reference ─► wire ◄─ load
 * </pre>
 */
@NullMarked
package tavern.bench.wire;

import org.jspecify.annotations.NullMarked;
