package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A connection with its prepared statements, and one transaction after another. One thread's. */
abstract class Session implements AutoCloseable {
    interface Factory<S> {
        S on(Connection connection) throws SQLException;
    }

    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;

    Session(Connection connection, String begin) throws SQLException {
        this.connection = connection;
        this.begin = connection.prepareStatement(begin);
        this.commit = connection.prepareStatement("COMMIT");
    }

    /** Closes the connection when no session comes of it: an outage must not use up the open files. */
    static <S extends Session> S open(Connection connection, Factory<S> factory) throws SQLException {
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

    /** Takes back a transaction that was not committed. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
