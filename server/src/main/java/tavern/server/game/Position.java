package tavern.server.game;

/** A place on the map, in 1/16 of a unit (P-30). */
public record Position(int x, int y) {}
