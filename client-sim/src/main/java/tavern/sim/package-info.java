/** Simulated players that load a server and check what they see, and the small client they are built on. */
@NullMarked
package tavern.sim;

import org.jspecify.annotations.NullMarked;
