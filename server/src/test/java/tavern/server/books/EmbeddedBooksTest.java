package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.server.store.AuditEntry;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** The books of a store in SQLite. */
final class EmbeddedBooksTest extends BooksContract {
    private int stores;

    @Override
    Store open() {
        stores++;
        return EmbeddedStore.open(StoreSettings.embedded(path(), 1_000, 1_000));
    }

    private Path path() {
        return folder.resolve("store" + stores);
    }

    @Override
    void addGold(Player player, long more) throws SQLException {
        write("UPDATE balance SET count = count + " + more + " WHERE kind = 'gold' AND player = " + player.id());
    }

    @Override
    void loseItem(Player player, long item) throws SQLException {
        write("DELETE FROM item WHERE id = " + item);
    }

    @Test
    void booksThatShowThatTheAuditLogWasChangedAreKept() throws Exception {
        AuditEntry kick = AuditEntry.after(
                null, new AuditEntry.Fact(1, "eve (admin)", "127.0.0.1", "kick", "ann", "spam", "kicked"));
        Realm.await(store.appendAudit(kick));
        await().atMost(PATIENCE)
                .until(() ->
                        !Realm.await(books.ask(all -> all.deeds("ann", 10, 10))).isEmpty());
        assertThat(books.auditFault()).isNull();
        write("DROP TRIGGER audit_is_never_changed");
        write("UPDATE audit SET hash = '" + "0".repeat(64) + "'");

        await().atMost(PATIENCE).until(() -> books.auditFault() != null);
        assertThat(books.auditFault()).contains("entry 1");
        try (Stream<Path> files = Files.list(folder)) {
            Path kept = files.filter(file -> file.getFileName().toString().startsWith("books.db.aside-"))
                    .findFirst()
                    .orElseThrow();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + kept);
                    Statement statement = connection.createStatement();
                    ResultSet mark = statement.executeQuery("SELECT deed_hash FROM mark")) {
                assertThat(mark.getString(1)).isEqualTo(kick.hash());
            }
        }
        awaitEntries(2);
    }

    private void write(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path().resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute(sql);
        }
    }
}
