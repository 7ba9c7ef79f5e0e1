package tavern.server.store;

/**
 * A durable value of a player.
 *
 * @param value not copied, and must not be changed
 * @param version how many puts there have been for this player, up to and with this one; to be named by who replaces the
 *     value. Not one number for each key, so that a value that was removed and written anew is not taken for the old one.
 */
@SuppressWarnings("ArrayRecordComponent")
public record KeptValue(byte[] value, long version) {}
