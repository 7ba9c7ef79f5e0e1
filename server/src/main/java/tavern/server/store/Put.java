package tavern.server.store;

import tavern.game.PlayerId;

/**
 * A durable value of a player that a transaction writes, replacing the one of the same key.
 *
 * @param key as {@link tavern.game.Names#isValueKey} allows
 * @param value at most 64 KiB, not copied, and must not be changed; empty removes the value
 * @param seenVersion of the value that is to be replaced; 0 when there must be none
 */
@SuppressWarnings("ArrayRecordComponent")
public record Put(PlayerId holder, String key, byte[] value, long seenVersion) {
    public static final int VALUE_BYTES_MAX = 64 * 1024;
}
