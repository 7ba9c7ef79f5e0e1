package tavern.engine;

/** When something that has failed is tried again: after 1 s, 2 s, 4 s … 60 s. */
final class BackOff {
    private static final long FIRST_MILLIS = 1_000;
    private static final long MAX_MILLIS = 60_000;

    private BackOff() {}

    static long millis(int failures) {
        return failures > 6 ? MAX_MILLIS : Math.min(MAX_MILLIS, FIRST_MILLIS << (failures - 1));
    }
}
