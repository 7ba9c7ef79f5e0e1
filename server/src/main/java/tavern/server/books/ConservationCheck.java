package tavern.server.books;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.UuidV7;
import tavern.server.game.NamedAccount;
import tavern.server.store.AccountStore;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;
import tavern.server.time.MonotonicClock;

/**
 * Works out from the whole ledger what every account should have, and compares. What accounts should have is kept in a
 * temporary file, so that a large realm needs no more memory than a small one. Accounts are read together with the end
 * of the ledger at that moment, and compared when exactly that entry was posted: a server may go on writing meanwhile.
 */
public final class ConservationCheck {
    private static final Logger log = LoggerFactory.getLogger(ConservationCheck.class);
    private static final long PROGRESS_MILLIS = 10_000;
    private static final String FILES = "tavern-check-";
    private static final Pattern FILE = Pattern.compile(FILES + "[0-9]+\\.db");
    private static final int PAGE = 500;
    private static final int PAGE_OF_ACCOUNTS = 100;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /** How the caller, whose thread is blocked meanwhile, waits for the store. */
    public interface Wait {
        <T> T on(CompletionStage<T> stage) throws IOException;
    }

    private final AccountStore store;
    private final MonotonicClock clock;
    private final Wait wait;
    private final Connection connection;
    private final BookBalances balances;
    private final PreparedStatement name;
    private final PreparedStatement trade;
    private final List<String> faults = new ArrayList<>();
    private final Comparison comparison = new Comparison();
    private final Queue<LedgerEntry> ahead = new ArrayDeque<>();
    private CompletionStage<List<LedgerEntry>> next;
    private String position = "";
    private long entries;
    private long trades;
    private long progressAtMillis;

    private ConservationCheck(AccountStore store, MonotonicClock clock, Wait wait, Connection connection)
            throws SQLException {
        this.store = store;
        this.clock = clock;
        this.wait = wait;
        this.connection = connection;
        balances = new BookBalances(connection);
        name = connection.prepareStatement("INSERT OR IGNORE INTO player (id, name) VALUES (?, ?)");
        try (Statement statement = connection.createStatement()) {
            // In the order of time, so that neighbours in the ledger are neighbours in the file.
            statement.executeUpdate("CREATE TABLE trade (born_ms INTEGER NOT NULL, id TEXT NOT NULL,"
                    + " PRIMARY KEY (born_ms, id)) STRICT, WITHOUT ROWID");
        }
        trade = connection.prepareStatement("INSERT OR IGNORE INTO trade (born_ms, id) VALUES (?, ?)");
        next = store.ledger(position, PAGE);
        progressAtMillis = clock.millis() + PROGRESS_MILLIS;
    }

    /**
     * Blocks, in proportion to the size of the realm, and logs its progress.
     *
     * @param folder for the temporary file, which may become as large as the ledger; files there of checks that were
     *     killed are removed
     * @param wait throws when the store cannot be read
     * @throws UncheckedIOException when the temporary file cannot be written
     */
    public static Conservation of(AccountStore store, Path folder, MonotonicClock clock, Wait wait) {
        try {
            Files.createDirectories(folder);
            removeLeftovers(folder);
            Path file = Files.createTempFile(folder, FILES, ".db");
            try (Connection connection = BookFile.scratch(file)) {
                return new ConservationCheck(store, clock, wait, connection).run();
            } catch (SQLException e) {
                throw new IOException(file + " cannot be used: " + e.getMessage(), e);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static void removeLeftovers(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                boolean isOfCheck = FILE.matcher(file.getFileName().toString()).matches();
                if (isOfCheck && !BookFile.isInUse(file)) {
                    Files.deleteIfExists(file);
                    log.info("removed {}, which a check that was killed had left", file);
                }
            }
        }
    }

    private Conservation run() throws SQLException, IOException {
        Holdings holdings;
        do {
            holdings = wait.on(store.holdings(comparison.through(), PAGE_OF_ACCOUNTS));
            postUpTo(holdings.position());
            balances.flush();
            comparison.add(holdings, connection);
        } while (!holdings.isLast());
        wait.on(next); // leaves no operation under way
        List<String> differences = Stream.of(faults, balances.faults(), comparison.problems())
                .flatMap(List::stream)
                .limit(BookBalances.FAULTS_MAX)
                .toList();
        return new Conservation(comparison.players() - namedAccounts(), trades, entries, differences);
    }

    private void postUpTo(String end) throws SQLException, IOException {
        while (!position.equals(end)) {
            if (ahead.isEmpty() && !readOn()) {
                throw new IOException("the ledger has not got entry " + end
                        + ", with which it ended: the store has lost its newest entries meanwhile; check again");
            }
            LedgerEntry entry = ahead.remove();
            balances.post(entry);
            for (Map.Entry<Long, String> party : entry.names().entrySet()) {
                if (party.getValue().startsWith(NamedAccount.SIGN)) {
                    Posting.write(name, party.getKey(), party.getValue());
                }
            }
            requireNoneMissing(entry);
            position = entry.position();
            entries++;
            tellProgress(entry);
            if (entry.id().startsWith(BookEntry.TRADE + ":")) {
                trades++;
                requireNew(entry);
            }
        }
    }

    /** The embedded store numbers its entries without gaps, since it never removes one. Redis' positions are not numbers. */
    private void requireNoneMissing(LedgerEntry entry) {
        if (NUMBER.matcher(entry.position()).matches()) {
            long before = position.isEmpty() ? 0 : Long.parseLong(position);
            if (Long.parseLong(entry.position()) != before + 1) {
                fault("entries are missing between " + before + " and " + entry.position());
            }
        }
    }

    /** An id with a time is never used again; one without, of an early client, was free again once it was forgotten. */
    private void requireNew(LedgerEntry entry) throws SQLException {
        long bornMillis = bornMillis(entry.id());
        if (bornMillis > 0) {
            trade.setLong(1, bornMillis);
            trade.setString(2, entry.id());
            if (trade.executeUpdate() == 0) {
                fault("entry " + entry.position() + " repeats " + entry.id());
            }
        }
    }

    private static long bornMillis(String trade) {
        try {
            UUID uuid = UUID.fromString(trade.substring(trade.indexOf('-') + 1));
            return UuidV7.is(uuid) ? UuidV7.millis(uuid) : 0;
        } catch (IllegalArgumentException e) {
            return 0; // a transaction of this kind that is no trade between two players
        }
    }

    private void tellProgress(LedgerEntry entry) {
        if (clock.millis() >= progressAtMillis) {
            progressAtMillis = clock.millis() + PROGRESS_MILLIS;
            log.info("{} entries of the ledger are checked, up to {}", entries, Instant.ofEpochMilli(entry.atMillis()));
        }
    }

    private void fault(String text) {
        if (faults.size() < BookBalances.FAULTS_MAX) {
            faults.add(text);
        }
    }

    /** The page after this one is read while this one is posted. */
    private boolean readOn() throws IOException {
        List<LedgerEntry> page = wait.on(next);
        if (page.isEmpty()) {
            page = wait.on(store.ledger(position, PAGE)); // what was written since
        }
        if (page.isEmpty()) {
            return false;
        }
        ahead.addAll(page);
        next = store.ledger(page.get(page.size() - 1).position(), PAGE);
        return true;
    }

    private long namedAccounts() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM player");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
