/**
 * The commands of {@code bin/server} that use a running server: they run in a process of their own, which knows nothing
 * of the server except its API.
 */
@NullMarked
package tavern.cli;

import org.jspecify.annotations.NullMarked;
