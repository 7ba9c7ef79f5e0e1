/** Games for tests, which are packed into jars and loaded from there. */
@NullMarked
package tavern.server.games.sample;

import org.jspecify.annotations.NullMarked;
