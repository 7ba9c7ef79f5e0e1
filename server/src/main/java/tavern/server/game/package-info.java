/**
 * The rules of a room: state + action + time → effects.
 *
 * <pre>
 *   room ──Action, nowMillis──► RoomRules ──Effects──► room
 *                                  │
 *                 TavernRules ─────┤   Movement   ChatRules   TradeDesk
 * </pre>
 *
 * Pure and deterministic: the same actions at the same times give the same state. No Netty, no clock, no I/O, no
 * {@code java.util.concurrent}. Implement {@link tavern.server.game.RoomRules} for the rules of another game.
 */
@NullMarked
package tavern.server.game;

import org.jspecify.annotations.NullMarked;
