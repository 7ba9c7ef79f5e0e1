package tavern.game;

/**
 * Who looks at a room ({@link Game#view}).
 *
 * @param isSpectator whether he only watches, and has no part in the game
 */
public record Viewer(Player player, boolean isSpectator) {}
