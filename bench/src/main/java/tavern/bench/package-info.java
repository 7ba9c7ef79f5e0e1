/**
 * Measures Tavern on this machine, beside what bare programs reach on it in the same run.
 *
 * <pre>
 *   Main ─► BenchCommand ─► Benchmark (one a kind) ─► Section (a table, and a part of the report)
 *                           trades: the store's side     fanout: the network's side, beside the reference
 *        └► JmhCommand ─► inner
 * </pre>
 *
 * Not shipped with the server. Knows the server's classes and the client's; nobody knows it.
 */
@NullMarked
package tavern.bench;

import org.jspecify.annotations.NullMarked;
