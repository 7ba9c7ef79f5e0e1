package tavern.server.books;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
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
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.NamedAccount;
import tavern.protocol.UuidV7;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;
import tavern.server.store.CheckpointPage;
import tavern.server.store.EntriesRemovedException;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLine;
import tavern.server.store.LedgerPosition;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;
import tavern.server.time.MonotonicClock;

/**
 * Works out from the newest checkpoint and the ledger since then what every account should have, and compares; older
 * entries that the store still has are compared with what was sealed. What accounts should have is kept in a
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

    /**
     * How the caller, whose thread is blocked meanwhile, waits for the store. Throws the stage's failure wrapped in {@link
     * CompletionException}, as {@link CompletableFuture#join} does.
     */
    public interface Wait {
        <T> T on(CompletionStage<T> stage) throws IOException;
    }

    private final AccountStore store;
    private final SegmentStore segments;
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

    /** The last entry that is known to have left the ledger. */
    private String removed = "";

    private long entries;
    private long trades;
    private long progressAtMillis;

    private ConservationCheck(
            AccountStore store, SegmentStore segments, MonotonicClock clock, Wait wait, Connection connection)
            throws SQLException {
        this.store = store;
        this.segments = segments;
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
        next = CompletableFuture.completedFuture(List.of());
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
    public static <S extends AccountStore & SegmentStore> Conservation of(
            S store, Path folder, MonotonicClock clock, Wait wait) {
        try {
            Files.createDirectories(folder);
            removeLeftovers(folder);
            Path file = Files.createTempFile(folder, FILES, ".db");
            try (Connection connection = BookFile.scratch(file)) {
                return new ConservationCheck(store, store, clock, wait, connection).run();
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
        // First, because the store has only the newest checkpoint. What is sealed after it is posted like any entry.
        Optional<Segment> loaded = loadCheckpoint();
        if (loaded.isPresent()) {
            checkSealed(loaded.get());
            position = loaded.get().last();
            ahead.clear();
        }
        next = store.ledger(position, PAGE);
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
                note(party.getKey(), party.getValue());
            }
            pass(entry);
        }
    }

    private void pass(LedgerEntry entry) throws SQLException {
        requireNoneMissing(entry);
        position = entry.position();
        entries++;
        tellProgress(entry);
        if (entry.id().startsWith(BookEntry.TRADE + ":")) {
            trades++;
            requireNew(entry);
        }
    }

    private void note(long account, String accountName) throws SQLException {
        if (accountName.startsWith(NamedAccount.SIGN)) {
            Posting.write(name, account, accountName);
        }
    }

    /** Compares the sealed entries that the store still has with what was recorded of them. */
    private void checkSealed(Segment newest) throws SQLException, IOException {
        removed = wait.on(segments.removedThrough());
        for (LedgerEntry oldest : wait.on(store.ledger("", 1))) {
            if (!LedgerPosition.of(oldest.position()).isAfter(removed)) {
                fault("entry " + oldest.position() + " is in the ledger, from which all up to " + removed
                        + " were removed");
            }
        }
        Segment before = null;
        while (before == null || before.number() < newest.number()) {
            List<Segment> page = wait.on(segments.segments(before == null ? 0 : before.number(), PAGE));
            if (page.isEmpty()) {
                fault("what is recorded of the segments up to " + newest.number() + " is missing");
                break;
            }
            for (Segment segment : page) {
                if (segment.number() > newest.number()) {
                    return; // sealed since
                }
                boolean follows = before != null
                        ? segment.follows(before)
                        : segment.number() <= Math.max(1, newest.number() - SegmentStore.REMOVED_KEPT + 1)
                                && (segment.number() > 1 || segment.before().equals(Segment.GENESIS));
                if (!follows) {
                    fault("what is recorded of segment " + segment.number() + " does not follow from the one before");
                }
                if (LedgerPosition.of(segment.first()).isAfter(removed)) {
                    checkEntries(segment);
                    ahead.clear();
                }
                position = segment.last();
                before = segment;
            }
        }
    }

    private void checkEntries(Segment segment) throws SQLException, IOException {
        int faultsBefore = faults.size();
        String hash = hashOfEntries(segment);
        if (hash.equals(segment.entriesHash())) {
            return;
        }
        removed = wait.on(segments.removedThrough());
        if (LedgerPosition.of(segment.first()).isAfter(removed)) {
            fault("the entries of segment " + segment.number() + ", from " + segment.first() + " to " + segment.last()
                    + ", are not as they were sealed");
        } else {
            // A server has removed them meanwhile, so nothing is known from what was left.
            faults.subList(faultsBefore, faults.size()).clear();
        }
    }

    /** @return another hash when entries were removed meanwhile */
    private String hashOfEntries(Segment segment) throws SQLException, IOException {
        MessageDigest hash = Segment.sha256();
        try {
            next = store.ledger(position, PAGE);
            while ((!ahead.isEmpty() || readOn())
                    && !LedgerPosition.of(ahead.element().position()).isAfter(segment.last())) {
                LedgerEntry entry = ahead.remove();
                hash.update((LedgerLine.of(entry) + "\n").getBytes(US_ASCII));
                pass(entry);
            }
            wait.on(next);
        } catch (CompletionException e) {
            if (!(Causes.of(e) instanceof EntriesRemovedException)) {
                throw e;
            }
        }
        return Segment.hex(hash.digest());
    }

    /** @return the segment at whose end it is; empty if there is none */
    private Optional<Segment> loadCheckpoint() throws SQLException, IOException {
        Optional<Segment> newest = wait.on(segments.newestSegment());
        while (newest.isPresent() && !isLoaded(newest.get())) {
            Optional<Segment> since = wait.on(segments.newestSegment());
            if (since.equals(newest)) {
                throw new IOException("the checkpoint is not that of segment "
                        + newest.get().number() + ", which the store says is the newest one");
            }
            newest = since;
        }
        return newest;
    }

    /** @return false when another segment was sealed meanwhile */
    private boolean isLoaded(Segment newest) throws SQLException, IOException {
        CheckpointLoad load = new CheckpointLoad(newest, balances, this::note);
        String from = "";
        do {
            CheckpointPage page = wait.on(segments.checkpoint(from, CheckpointLoad.PAGE));
            if (!load.add(page)) {
                return false;
            }
            from = page.next();
        } while (!from.isEmpty());
        if (!load.isSound()) {
            fault(load.fault());
        }
        return true;
    }

    /** The embedded store numbers its entries without gaps. Redis' positions are not numbers. */
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
