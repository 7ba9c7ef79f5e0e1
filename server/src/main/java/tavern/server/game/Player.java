package tavern.server.game;

/** Who acts: the number for the machine, the name for people. */
public record Player(PlayerId id, String name) {}
