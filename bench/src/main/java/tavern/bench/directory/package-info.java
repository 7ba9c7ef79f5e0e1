/**
 * What the directory of a realm costs a server that has many rooms and players, and one that only hears of them.
 *
 * <pre>
 *   DirectoryBenchmark ─► a process with the rooms, one without, and the benchmark's own copy, whose pages are timed ─► DirectorySection
 * </pre>
 *
 * The processes have the directory's part of a server and nothing else, so that all their CPU time is its.
 */
@NullMarked
package tavern.bench.directory;

import org.jspecify.annotations.NullMarked;
