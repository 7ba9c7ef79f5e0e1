/** A real server on a real socket, and a client that can also send rubbish. */
@NullMarked
package tavern.server.it;

import org.jspecify.annotations.NullMarked;
