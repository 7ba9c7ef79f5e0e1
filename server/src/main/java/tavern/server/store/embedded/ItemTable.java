package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** All items that somebody owns. SQLite remembers the largest id that it gave, so ids are not used again. */
final class ItemTable {
    record Item(long owner, String kind) {}

    private final PreparedStatement select;
    private final PreparedStatement insert;
    private final PreparedStatement setOwner;
    private final PreparedStatement delete;

    ItemTable(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT owner, kind FROM item WHERE id = ?");
        insert = connection.prepareStatement("INSERT INTO item (kind, owner) VALUES (?, ?) RETURNING id");
        setOwner = connection.prepareStatement("UPDATE item SET owner = ? WHERE id = ?");
        delete = connection.prepareStatement("DELETE FROM item WHERE id = ?");
    }

    @Nullable
    Item find(long id) throws SQLException {
        select.setLong(1, id);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Item(row.getLong(1), row.getString(2)) : null;
        }
    }

    /** Returns the id of a new item. */
    long make(String kind, long owner) throws SQLException {
        insert.setString(1, kind);
        insert.setLong(2, owner);
        try (ResultSet row = insert.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    void hand(long id, long owner) throws SQLException {
        setOwner.setLong(1, owner);
        setOwner.setLong(2, id);
        setOwner.executeUpdate();
    }

    /** The item went into a mint. */
    void remove(long id) throws SQLException {
        delete.setLong(1, id);
        delete.executeUpdate();
    }
}
