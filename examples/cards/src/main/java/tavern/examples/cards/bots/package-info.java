/** Bots that play cards, for {@code bin/bots}. The server does not look at them. */
@NullMarked
package tavern.examples.cards.bots;

import org.jspecify.annotations.NullMarked;
