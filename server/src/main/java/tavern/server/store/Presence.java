package tavern.server.store;

/**
 * Where a player is.
 *
 * @param login number of the player's newest login in the realm
 * @param node id of the server on which it happened
 */
public record Presence(long login, String node) {}
