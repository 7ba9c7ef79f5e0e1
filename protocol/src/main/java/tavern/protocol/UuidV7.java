package tavern.protocol;

import java.util.UUID;

/**
 * UUIDs of version 7, which begin with the time at which they were made (RFC 9562, section 5.7):
 *
 * <pre>
 *   48 bits milliseconds since 1970 | version 7 | 12 free bits | variant 2 | 62 free bits
 * </pre>
 */
public final class UuidV7 {
    private static final int VERSION = 7;
    private static final int VARIANT = 2;
    private static final long MILLIS_MAX = (1L << 48) - 1;
    private static final long FREE_BITS = (1L << 62) - 1;

    private UuidV7() {}

    public static boolean is(UUID uuid) {
        return uuid.version() == VERSION && uuid.variant() == VARIANT;
    }

    /** The time that the id carries, in milliseconds since 1970. */
    public static long millis(UUID uuid) {
        if (!is(uuid)) {
            throw new IllegalArgumentException(uuid + " is not of version 7");
        }
        return uuid.getMostSignificantBits() >>> 16;
    }

    /**
     * Makes an id that is as unique as its last argument.
     *
     * @param millis since 1970
     * @param free the last 62 bits; higher ones are ignored
     */
    public static UUID of(long millis, long free) {
        if (millis < 0 || millis > MILLIS_MAX) {
            throw new IllegalArgumentException(millis + " ms since 1970 do not fit into 48 bits");
        }
        return new UUID(millis << 16 | (long) VERSION << 12, (long) VARIANT << 62 | free & FREE_BITS);
    }
}
