/** Simulated players that load a server and check what they see. */
@NullMarked
package tavern.sim;

import org.jspecify.annotations.NullMarked;
