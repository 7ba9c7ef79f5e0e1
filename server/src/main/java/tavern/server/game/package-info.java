/**
 * The rules: state + action + time → effects.
 *
 * <pre>
 *   room ──Action, nowMillis──► RoomRules ──Effects──► room
 *                                  │
 *                 TavernRules ─────┤   Movement   ChatRules   TradeDesk
 * </pre>
 *
 * Pure and deterministic: the same actions at the same times give the same state. No Netty, no clock, no I/O, no
 * {@code java.util.concurrent}. A game team implements {@link tavern.server.game.RoomRules} for rules of its own.
 */
@NullMarked
package tavern.server.game;

import org.jspecify.annotations.NullMarked;
