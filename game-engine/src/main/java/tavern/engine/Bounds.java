package tavern.engine;

/** Bounds whose passing ends a turn. */
final class Bounds {
    private Bounds() {}

    /** @throws IllegalArgumentException that names size and bound */
    static void require(String what, long size, long max) {
        if (size > max) {
            throw new IllegalArgumentException(size + " " + what + ", of at most " + max);
        }
    }
}
