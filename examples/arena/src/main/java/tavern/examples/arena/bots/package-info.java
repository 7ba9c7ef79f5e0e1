/** Bots that fight in the arena, for {@code bin/bots}. The server does not look at them. */
@NullMarked
package tavern.examples.arena.bots;

import org.jspecify.annotations.NullMarked;
