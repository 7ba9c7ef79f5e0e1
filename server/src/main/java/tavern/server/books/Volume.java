package tavern.server.books;

import java.nio.file.Path;
import java.sql.SQLException;

/** The open file with all its statements; discarded as a whole when any of it fails. */
record Volume(BookFile file, Posting posting, Trim trim, BookQueries queries) implements AutoCloseable {
    static Volume open(Path path) throws SQLException {
        return of(BookFile.open(path));
    }

    static Volume anew(Path path) throws SQLException {
        return of(BookFile.anew(path));
    }

    private static Volume of(BookFile file) throws SQLException {
        try {
            return new Volume(
                    file,
                    new Posting(file.connection()),
                    new Trim(file.connection()),
                    new BookQueries(file.connection()));
        } catch (SQLException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Makes all that was posted visible to queries. */
    void flush() throws SQLException {
        posting.balances().flush();
    }

    void commit() throws SQLException {
        flush();
        file.commit();
    }

    @Override
    public void close() throws SQLException {
        file.close();
    }
}
