package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import tavern.server.store.ForeignValueException;

/** Whole numbers in the format that Redis holds. */
final class Decimal {
    /** Longer ones may be more than a {@code long} holds. */
    private static final int DIGITS_READ_IN_PLACE_MAX = 18;

    private Decimal() {}

    static long parse(byte[] text) {
        if (text.length == 0 || text.length > DIGITS_READ_IN_PLACE_MAX) {
            return parse(new String(text, UTF_8));
        }
        long number = 0;
        for (byte digit : text) {
            if (digit < '0' || digit > '9') {
                return parse(new String(text, UTF_8));
            }
            number = 10 * number + digit - '0';
        }
        return number;
    }

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
