/**
 * What a game team writes so that simulated players play its game: {@code bin/bots --game JAR --type TYPE} finds the {@link
 * tavern.client.bots.BotPlayers} of a jar, seats its bots in rooms, measures the turns, and fails when a bot finds that the
 * game broke its own rules.
 *
 * <pre>
 *   BotPlayers ─► BotPlayer ◄─ joined, told, done, refused, tick
 *                     └─► BotSeat: say, count, fault
 * </pre>
 */
@NullMarked
package tavern.client.bots;

import org.jspecify.annotations.NullMarked;
