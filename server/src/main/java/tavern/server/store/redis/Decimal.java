package tavern.server.store.redis;

import tavern.server.store.ForeignValueException;

/** Whole numbers in the format that Redis holds. */
final class Decimal {
    private Decimal() {}

    static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new ForeignValueException("not a number: " + text);
        }
    }

    /** Parses a count or another number that is never negative, in its only valid notation. */
    static long whole(String text) {
        long number = parse(text);
        if (number < 0 || !Long.toString(number).equals(text)) {
            throw new ForeignValueException("not a number of ours: " + text);
        }
        return number;
    }
}
