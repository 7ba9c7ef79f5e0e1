package tavern.game;

/** A player's id, for programs, and name, for people. */
public record Player(PlayerId id, String name) {}
