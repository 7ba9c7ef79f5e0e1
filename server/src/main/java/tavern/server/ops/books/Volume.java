package tavern.server.ops.books;

import java.nio.file.Path;
import java.sql.SQLException;

/** The open file with all that reads and writes it; thrown away as a whole when anything of it fails. */
record Volume(BookFile file, Posting posting, BookQueries queries) implements AutoCloseable {
    static Volume open(Path path) throws SQLException {
        return of(BookFile.open(path));
    }

    static Volume anew(Path path) throws SQLException {
        return of(BookFile.anew(path));
    }

    private static Volume of(BookFile file) throws SQLException {
        try {
            return new Volume(file, new Posting(file.connection()), new BookQueries(file.connection()));
        } catch (SQLException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        file.close();
    }
}
