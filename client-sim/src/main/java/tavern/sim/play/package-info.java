/**
 * The page to play on ({@code bin/demo --play}), pages of games ({@code bin/play}), and guests who walk, talk and trade with
 * people.
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
