package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.server.store.Holdings;

/** How long the economy rests from one check to the next. Time is turned by hand. */
final class EconomyPaceTest {
    private static final SortedMap<String, BigInteger> NOTHING = Collections.emptySortedMap();

    private final Economy economy = new Economy(() -> Instant.EPOCH);
    private Connection books;
    private long now = 1_000_000;

    @BeforeEach
    void openBooks() throws SQLException {
        books = DriverManager.getConnection("jdbc:sqlite::memory:");
        try (Statement statement = books.createStatement()) {
            statement.execute("CREATE TABLE stack (player INTEGER, kind TEXT, count INTEGER)");
            statement.execute("CREATE TABLE item (id INTEGER, owner INTEGER, kind TEXT)");
        }
    }

    @AfterEach
    void closeBooks() throws SQLException {
        books.close();
    }

    private void at(String position) throws SQLException {
        economy.at(position, books, NOTHING, List.of(), now);
    }

    /** Looks at a page of players who own nothing. */
    private void look(String position, long through, boolean last, int takesMillis) throws SQLException {
        economy.ask(now);
        economy.answered(new Holdings(position, through, last, Collections.emptySortedMap(), List.of()));
        now += takesMillis;
        at(position);
    }

    private void check(String position, int takesMillis) throws SQLException {
        look(position, Long.MAX_VALUE, true, takesMillis);
    }

    @Test
    void aSmallRealmIsCheckedEveryFiveSecondsWhateverTheLedgerDoes() throws SQLException {
        check("a", 10);
        assertThat(economy.restMillis(now)).isEqualTo(5_000);
        at("b");
        assertThat(economy.restMillis(now)).isEqualTo(5_000);
    }

    @Test
    void aLargeRealmIsCheckedAHundredthOfTheTimeWhileItsLedgerGoesOn() throws SQLException {
        check("a", 200);
        at("b");
        assertThat(economy.restMillis(now)).isEqualTo(99 * 200);
    }

    @Test
    void whileItsLedgerStandsStillAThousandthButEveryTwoMinutes() throws SQLException {
        check("a", 100);
        at("a");
        assertThat(economy.restMillis(now)).isEqualTo(99 * 1_000);
        check("a", 500);
        assertThat(economy.restMillis(now)).isEqualTo(120_000);
        check("a", 5_000);
        assertThat(economy.restMillis(now)).isEqualTo(99 * 5_000);
    }

    @Test
    void whatWasTradedDuringACheckIsNoStandstill() throws SQLException {
        look("a", 100, false, 100);
        at("b");
        look("b", Long.MAX_VALUE, true, 100);
        assertThat(economy.restMillis(now)).isEqualTo(99 * 200);
    }

    @Test
    void pagesOfOneCheckComeAsSoonAsEver() throws SQLException {
        check("a", 200);
        now += 120_000;
        look("a", 100, false, 100);
        at("b");
        assertThat(economy.restMillis(now)).isEqualTo(900);
    }

    @Test
    void aCheckThatWasGivenUpIsNotBegunAtOnce() throws SQLException {
        check("a", 200);
        now += 200_000;
        economy.giveUp(now);
        at("b");
        assertThat(economy.restMillis(now)).isEqualTo(5_000);
    }
}
