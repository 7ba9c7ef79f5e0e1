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

    /** A count, or another number that is never negative, written in the only way there is. */
    static long whole(String text) {
        long number = parse(text);
        if (number < 0 || !Long.toString(number).equals(text)) {
            throw new ForeignValueException("not a number of ours: " + text);
        }
        return number;
    }
}
