package tavern.server.ops.books;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import tavern.server.game.Player;
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
        write("UPDATE item SET owner = 0 WHERE id = " + item);
    }

    private void write(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path().resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            statement.execute(sql);
        }
    }
}
