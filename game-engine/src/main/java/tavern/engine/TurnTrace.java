package tavern.engine;

import org.jspecify.annotations.Nullable;

/**
 * How a turn was computed.
 *
 * @param game the version of it that did
 * @param reads what the turn has seen; null unless the room is recorded
 */
record TurnTrace(GameCalls<?, ?, ?> game, @Nullable ReadLog reads, TurnOutcome outcome) {}
