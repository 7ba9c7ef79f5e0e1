/** Real services as processes of a test, and ways to disturb them and the connections to them. */
@NullMarked
package tavern.server.services;

import org.jspecify.annotations.NullMarked;
