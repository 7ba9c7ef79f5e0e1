/**
 * Measures Tavern on this machine and compares it with bare programs in the same run.
 *
 * <pre>
 *   BenchMain ─► BenchCommand ─► Benchmark (one for each kind) ─► Section (a table and a part of the report)
 *                                trades: the store's side   fanout: the network's side, beside the reference
 *             └► JmhCommand ─► inner
 * </pre>
 *
 * Not shipped with the server. It depends on the server's and the client's classes; nothing depends on it.
 */
@NullMarked
package tavern.bench;

import org.jspecify.annotations.NullMarked;
