package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Refusal;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/**
 * How a transaction ended: one line, {@code <milliseconds>} or {@code <milliseconds> <reason> <index> <text>} if it was
 * refused, and after it the memo as it is.
 */
final class OutcomeText {
    /** Outcomes of ids with a time are kept in one hash for each quarter of an hour. */
    private static final long QUARTER_MILLIS = 900_000;

    private OutcomeText() {}

    static long quarter(TransactionId id) {
        return id.bornMillis() / QUARTER_MILLIS;
    }

    /** The field of the outcome in its hash; begins with the rest of the id's time, by which outcomes are forgotten. */
    static String field(TransactionId id) {
        return id.bornMillis() == 0 ? id.text() : id.bornMillis() % QUARTER_MILLIS + " " + id.text();
    }

    static TransactionResult parse(TransactionId id, byte[] outcome, boolean isRepeat) {
        int end = 0;
        while (end < outcome.length && outcome[end] != '\n') {
            end++;
        }
        String line = new String(outcome, 0, end, UTF_8);
        if (end == outcome.length) {
            throw new ForeignValueException("not an outcome: " + line);
        }
        String[] words = line.split(" ", 4);
        return new TransactionResult(
                id,
                words.length == 1 ? null : refusal(words, line),
                isRepeat,
                Arrays.copyOfRange(outcome, end + 1, outcome.length),
                Decimal.parse(words[0]),
                Map.of());
    }

    private static Refusal refusal(String[] words, String line) {
        try {
            return new Refusal(Refusal.Reason.valueOf(words[1]), Integer.parseInt(words[2]), words[3]);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new ForeignValueException("not an outcome: " + line);
        }
    }

    /**
     * Reads what a server of schema 1 has remembered.
     *
     * @param kind {@code trade}, whose record is one of {@link TradeText}; or {@code grant}, with {@code <milliseconds>
     *     <contents>}, or nothing if the server of then did not record the contents
     */
    static TransactionResult earlier(TransactionId id, String kind, String record) {
        if (kind.equals("trade")) {
            TradeText trade = TradeText.parse(record);
            return repeat(id, trade.memo(), trade.atMillis());
        }
        int space = record.indexOf(' ');
        return space < 0
                ? repeat(id, new byte[0], 0)
                : repeat(id, record.substring(space + 1).getBytes(UTF_8), Decimal.whole(record.substring(0, space)));
    }

    private static TransactionResult repeat(TransactionId id, byte[] memo, long atMillis) {
        return new TransactionResult(id, null, true, memo, atMillis, Map.of());
    }
}
