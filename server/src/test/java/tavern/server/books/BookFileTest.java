package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file of books is begun anew, and that none is thrown away. */
final class BookFileTest {
    private static final String POEM = "a poem, by somebody else\n";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("books.db");
    }

    @Test
    void aFileThatCannotBeOpenedNowIsLeftAsItIs() throws Exception {
        Files.createDirectory(file);
        assertThatThrownBy(() -> BookFile.open(file).close()).isInstanceOf(SQLException.class);
        assertThat(file).isDirectory();
        assertThat(folder).isDirectoryNotContaining("glob:**aside*");
    }

    @Test
    void aFileOfANewerServerIsLeftAsItIs() throws Exception {
        BookFile.open(file).close();
        sql("PRAGMA user_version = 99");
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> BookFile.open(file).close()).hasMessageContainingAll("version 99", "newer server");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void aFolderThatIsNotThereIsMade() throws Exception {
        Path deeper = file.resolveSibling("not-there").resolve("books.db");
        BookFile.open(deeper).close();
        assertThat(deeper).exists();
    }

    @Test
    void aBrokenFileIsSetAside() throws Exception {
        Files.writeString(file, POEM.repeat(500));
        BookFile.open(file).close();
        assertThat(folder.resolve("books.db.aside-1")).content().startsWith(POEM);
        try (BookFile books = BookFile.open(file)) {
            assertThat(books.mark().entries()).isZero();
        }
    }

    @Test
    void aFileOfSomethingElseIsSetAside() throws Exception {
        sql("CREATE TABLE recipe (name TEXT); PRAGMA user_version = 1");
        BookFile.open(file).close();
        assertThat(folder.resolve("books.db.aside-1")).exists();
    }

    @Test
    void theFirstAndTheNewestAreKept() throws Exception {
        for (int round = 1; round <= 4; round++) {
            Files.writeString(file, round + POEM.repeat(500));
            BookFile.open(file).close();
        }
        assertThat(folder.resolve("books.db.aside-1")).content().startsWith("1a poem");
        assertThat(folder.resolve("books.db.aside-2")).content().startsWith("4a poem");
        assertThat(folder.resolve("books.db.aside-3")).doesNotExist();
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
