/** A card game for gold: timers, hidden hands, a prize that no crash can lose. */
@NullMarked
package tavern.examples.cards;

import org.jspecify.annotations.NullMarked;
