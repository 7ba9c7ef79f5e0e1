package tavern.server.it;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import tavern.protocol.UuidV7;

/** Ids of trades as clients make them: UUIDs of version 7 (P-57). */
public final class TestIds {
    /** Stays the same, so that a number always means the same id. */
    private static final long BEGAN_MILLIS = System.currentTimeMillis();

    private TestIds() {}

    /** An id of this run of the tests, always the same for the same number. */
    public static UUID id(long number) {
        return UuidV7.of(BEGAN_MILLIS, number);
    }

    /** An id that nobody has used before. */
    public static UUID fresh() {
        return UuidV7.of(System.currentTimeMillis(), ThreadLocalRandom.current().nextLong());
    }
}
