package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.game.TradeId;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;

/** How much SQLite does for a query, in instructions of its own. */
final class BookQueriesTest {
    private static final int OTHERS = 2_000;

    @TempDir
    private Path folder;

    private int instructions;

    @Test
    void tradesAreFoundWithoutReadingEntriesOfOtherKinds() throws SQLException {
        try (Connection connection = BookFile.scratch(folder.resolve("books.db"))) {
            Posting posting = new Posting(connection);
            PlayerId ann = new PlayerId(1);
            String trade = "trade:1-00000000-0000-7000-8000-000000000001";
            posting.post(entry(1, trade), 1);
            for (int i = 2; i < OTHERS; i++) {
                posting.post(entry(i, "turn:" + i), i);
            }
            BookQueries queries = new BookQueries(connection);
            ProgressHandler.setHandler(connection, 1, new ProgressHandler() {
                @Override
                protected int progress() {
                    instructions++;
                    return 0;
                }
            });
            assertThat(queries.trades(Long.MAX_VALUE, 10)).hasSize(1);
            assertThat(instructions).as("all trades").isBetween(1, OTHERS / 2);
            instructions = 0;
            assertThat(queries.tradesOf(ann, Long.MAX_VALUE, 10)).hasSize(1);
            assertThat(instructions).as("a player's trades").isBetween(1, OTHERS / 2);
            ProgressHandler.clearHandler(connection);
        }
    }

    @Test
    void aTradeIsFoundByItsIdAmongManyOfTheSameDayWithoutReadingThemAll() throws SQLException {
        try (Connection connection = BookFile.scratch(folder.resolve("books.db"))) {
            Posting posting = new Posting(connection);
            long bornMillis = 3 * OTHERS;
            TradeId wanted = new TradeId(new PlayerId(1), uuid(bornMillis, 1));
            TradeId missing = new TradeId(new PlayerId(1), uuid(bornMillis, 2));
            TradeId early = new TradeId(new PlayerId(1), uuid(bornMillis + 10, 3));
            for (int i = 1; i < 5 * OTHERS; i++) {
                // A clock may have been behind the one by which the id was made.
                String id = i == bornMillis + 5 ? wanted.toString() : i == bornMillis + 6 ? early.toString() : "1-" + i;
                posting.post(entry(i, "trade:" + id), i);
            }
            BookQueries queries = new BookQueries(connection);
            ProgressHandler.setHandler(connection, 1, new ProgressHandler() {
                @Override
                protected int progress() {
                    instructions++;
                    return 0;
                }
            });
            assertThat(queries.trade(wanted).orElseThrow().number()).isEqualTo(bornMillis + 5);
            assertThat(instructions).as("one that was booked soon").isLessThan(OTHERS / 2);
            assertThat(queries.trade(early).orElseThrow().number()).isEqualTo(bornMillis + 6);
            instructions = 0;
            assertThat(queries.trade(missing)).isEmpty();
            assertThat(instructions).as("one that is not there").isLessThan(40 * 2 * 1_000);
            ProgressHandler.clearHandler(connection);
        }
    }

    private static UUID uuid(long millis, long low) {
        return new UUID(millis << 16 | 0x7000, 1L << 63 | low);
    }

    private static LedgerEntry entry(int number, String id) {
        LedgerLeg leg = new LedgerLeg(
                new Mint("ops"), new PlayerId(1), new TreeMap<>(Map.of("gold", 1L)), new TreeMap<>(), new TreeMap<>());
        return new LedgerEntry(
                Integer.toString(number), id, null, 0, number, List.of(leg), new TreeMap<>(Map.of(1L, "ann")));
    }
}
