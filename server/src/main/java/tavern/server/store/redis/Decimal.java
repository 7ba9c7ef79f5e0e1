package tavern.server.store.redis;

/** Whole numbers as Redis holds them. */
final class Decimal {
    private Decimal() {}

    static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ForeignValueException("not a number: " + text);
        }
    }
}
