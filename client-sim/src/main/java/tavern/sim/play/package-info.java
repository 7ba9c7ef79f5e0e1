/**
 * The page to play on ({@code bin/demo --play}): guests who walk, talk and trade with people, and the files of the page.
 *
 * <pre>
 *   PlayCommand ─► PlayGuests ─► PlayGuest ─► TavernClient ─► the server ◄─ the page in a browser ◄─ PlayPage
 * </pre>
 *
 * Guests are confined to one event loop. Nothing is checked here: that is for the bots of {@code tavern.sim.bots}.
 */
@NullMarked
package tavern.sim.play;

import org.jspecify.annotations.NullMarked;
