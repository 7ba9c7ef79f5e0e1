package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A connection with its prepared statements, which runs one transaction at a time. Confined to one thread. */
abstract class DatabaseSession implements AutoCloseable {
    interface Factory<S> {
        S on(Connection connection) throws SQLException;
    }

    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;

    DatabaseSession(Connection connection, String begin) throws SQLException {
        this.connection = connection;
        this.begin = connection.prepareStatement(begin);
        this.commit = connection.prepareStatement("COMMIT");
    }

    /** Closes the connection if the session cannot be created: an outage must not exhaust the open files. */
    static <S extends DatabaseSession> S open(Connection connection, Factory<S> factory) throws SQLException {
        try {
            return factory.on(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    void begin() throws SQLException {
        begin.executeUpdate();
    }

    void commit() throws SQLException {
        commit.executeUpdate();
    }

    /** Rolls back a transaction that was not committed. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
