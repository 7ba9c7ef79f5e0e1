/** Servers that tests start for themselves, kill, freeze and start again. */
@NullMarked
package tavern.server.services;

import org.jspecify.annotations.NullMarked;
