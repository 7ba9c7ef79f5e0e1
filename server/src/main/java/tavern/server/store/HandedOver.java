package tavern.server.store;

/**
 * What one server has left for another.
 *
 * @param login number of the login by which the other server has the player now; 0 if what was left is not a session
 */
public record HandedOver(byte[] message, long login) {}
