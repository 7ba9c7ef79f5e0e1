package tavern.server.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of positions in the ledger: numbers in the embedded store, two numbers with a hyphen between in Redis. */
public record LedgerPosition(long first, long second) implements Comparable<LedgerPosition> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(?:-([0-9]{1,18}))?");

    /** Before all entries. */
    public static final LedgerPosition BEGINNING = new LedgerPosition(0, 0);

    /**
     * @param text empty for the beginning
     * @throws IllegalArgumentException when it is no position
     */
    public static LedgerPosition of(String text) {
        if (text.isEmpty()) {
            return BEGINNING;
        }
        Matcher numbers = FORM.matcher(text);
        if (!numbers.matches()) {
            throw new IllegalArgumentException("not a position in the ledger: " + text);
        }
        return new LedgerPosition(
                Long.parseLong(numbers.group(1)), numbers.group(2) == null ? 0 : Long.parseLong(numbers.group(2)));
    }

    public boolean isAfter(String other) {
        return compareTo(of(other)) > 0;
    }

    /** Whether the entry at {@code next} may come directly after the one at {@code before}: plain numbers have no gaps. */
    public static boolean isNext(String next, String before) {
        LedgerPosition position = of(next);
        return next.indexOf('-') < 0 ? position.first == of(before).first + 1 : position.isAfter(before);
    }

    @Override
    public int compareTo(LedgerPosition other) {
        return first != other.first ? Long.compare(first, other.first) : Long.compare(second, other.second);
    }
}
