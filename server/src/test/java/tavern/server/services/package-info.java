/** Real services as processes of a test, and what can be done to them and to the connections that lead there. */
@NullMarked
package tavern.server.services;

import org.jspecify.annotations.NullMarked;
