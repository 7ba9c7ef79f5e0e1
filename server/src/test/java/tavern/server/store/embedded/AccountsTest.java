package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.PlayerId;

final class AccountsTest {
    @TempDir
    private Path folder;

    @Test
    void aRenamingThatIsRepeatedLeavesWhoHasTakenTheNameSince() throws Exception {
        Database database = new Database(folder);
        try (Connection connection = database.openToWrite()) {
            DatabaseSchema.prepare(connection, database.file(), 7);
            Accounts accounts = new Accounts(connection);
            PlayerId first = accounts.create("ann", 0).player().id();
            accounts.erase(Objects.requireNonNull(accounts.find(first)), "*erased-1*");
            AccountState second = accounts.create("ann", 0);
            accounts.erase(Objects.requireNonNull(accounts.find(first)), "*erased-1*");
            assertThat(accounts.find("ann")).isSameAs(second);
            assertThat(Objects.requireNonNull(accounts.find(first)).player().name())
                    .isEqualTo("*erased-1*");
        }
    }

    /** Clients choose the kinds in their offers, and a player who trades all the time is never the oldest. */
    @Test
    void theCountsOfAllAccountsTogetherAreBounded() throws Exception {
        Database database = new Database(folder);
        try (Connection connection = database.openToWrite()) {
            DatabaseSchema.prepare(connection, database.file(), 7);
            Accounts accounts = new Accounts(connection, 100);
            PlayerId hot = accounts.create("hot", 0).player().id();
            PlayerId calm = accounts.create("calm", 0).player().id();
            for (int i = 0; i < 1_000; i++) {
                AccountState state = Objects.requireNonNull(accounts.find(hot));
                state.change("gold", accounts.count(state, "gold") + 1);
                accounts.changed(state);
                accounts.count(state, "made-up-" + i);
                accounts.count(Objects.requireNonNull(accounts.find(calm)), "gold");
                accounts.flush();
                accounts.trim();
                assertThat(accounts.keptCounts()).isLessThanOrEqualTo(100);
            }
            AccountState state = Objects.requireNonNull(accounts.find(hot));
            assertThat(accounts.count(state, "gold")).isEqualTo(1_000);
        }
    }
}
