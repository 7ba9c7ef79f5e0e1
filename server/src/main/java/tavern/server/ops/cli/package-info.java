/**
 * The commands of {@code bin/server} that speak to a running server: a process of their own, which knows nothing of the
 * server but its API.
 */
@NullMarked
package tavern.server.ops.cli;

import org.jspecify.annotations.NullMarked;
