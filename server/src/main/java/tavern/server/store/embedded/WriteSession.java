package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.PlayerId;
import tavern.server.store.Erasure;
import tavern.server.store.GrantTransactions;
import tavern.server.store.OutboxBound;
import tavern.server.store.OutboxEvent;
import tavern.server.store.PlayerRecord;
import tavern.server.store.ReservedNameException;
import tavern.server.store.Sanction;
import tavern.server.store.TransactionPlan;
import tavern.server.store.TransactionResult;

/** All write operations, on the only connection that writes. */
final class WriteSession extends DatabaseSession {
    private final Connection connection;
    private final LongConsumer outboxSize;
    private final Accounts accounts;
    private final OutboxTable outbox;
    private final Fences fences;
    private final GameTable games;
    private final BoardTable boards;
    private final Transfers transfers;
    private final RoomTables rooms;
    private final AuditTable audit;
    private final FreezeTable freezes;
    private final SegmentTables segments;
    private final FileMarkTable fileMark;
    private final ErasureTable erasures;
    private final OperatorTable operators;

    /**
     * @param remembered is told of all ids that have an outcome from now on
     * @param clock tells how far ahead ids are
     * @param outboxSize receives the size of the outbox after each commit
     */
    WriteSession(
            Connection connection,
            OutboxBound bound,
            RememberedIds remembered,
            InstantSource clock,
            LongConsumer outboxSize)
            throws SQLException {
        super(connection, "BEGIN IMMEDIATE");
        this.connection = connection;
        this.outboxSize = outboxSize;
        // Otherwise what a statement of many rows might have to undo goes to a file: each page that it changes, once
        // more.
        execute("PRAGMA temp_store = MEMORY");
        accounts = new Accounts(connection);
        outbox = new OutboxTable(connection, bound);
        fences = new Fences(connection);
        games = new GameTable(connection);
        boards = new BoardTable(connection);
        transfers = new Transfers(connection, accounts, outbox, fences, games, boards, remembered, clock);
        rooms = new RoomTables(connection, fences, games);
        audit = new AuditTable(connection);
        freezes = new FreezeTable(connection);
        segments = new SegmentTables(connection, fences);
        fileMark = new FileMarkTable(connection);
        erasures = new ErasureTable(connection);
        operators = new OperatorTable(connection);
        outboxSize.accept(outbox.size());
    }

    Transfers transfers() {
        return transfers;
    }

    Fences fences() {
        return fences;
    }

    OutboxTable outbox() {
        return outbox;
    }

    RoomTables rooms() {
        return rooms;
    }

    AuditTable audit() {
        return audit;
    }

    FreezeTable freezes() {
        return freezes;
    }

    SegmentTables segments() {
        return segments;
    }

    ErasureTable erasures() {
        return erasures;
    }

    OperatorTable operators() {
        return operators;
    }

    /** Returns empty, with nothing done, when the stored sanction is not the one that was seen. */
    Optional<PlayerRecord> sanction(PlayerId player, Sanction sanction, Sanction seen)
            throws SQLException, OperationRefusedException {
        AccountState account = accounts.require(player);
        if (!account.sanction(seen.kind()).equals(seen)) {
            return Optional.empty();
        }
        accounts.sanction(account, sanction);
        return Optional.of(accounts.record(account));
    }

    /** Loads the player, or creates the player with the kit. */
    PlayerRecord openPlayer(
            String name, Goods kitStacks, List<String> kitItems, @Nullable OutboxEvent event, long nowMillis)
            throws SQLException, OperationRefusedException {
        AccountState account = accounts.find(name);
        if (account == null) {
            if (erasures.reserves(name)) {
                throw new OperationRefusedException(new ReservedNameException(name));
            }
            // The number is not known before, and does not matter for whether the kit is well-formed.
            TransactionPlan kit = OperationRefusedException.unlessPossible(() -> TransactionPlan.of(
                    GrantTransactions.starter(new PlayerId(1), kitStacks, kitItems, event, nowMillis)));
            if (!kit.transaction().events().isEmpty() && outbox.isFull()) {
                throw new OperationRefusedException(outbox.full());
            }
            account = accounts.create(name, nowMillis);
            TransactionResult given = transfers.transact(TransactionPlan.of(
                    GrantTransactions.starter(account.player().id(), kitStacks, kitItems, event, nowMillis)));
            if (!given.isCommitted() || given.isRepeat()) {
                throw new IllegalStateException("the starter kit of player " + account.player() + " was not given, but "
                        + (given.isRepeat() ? "was given before the player was created" : "refused"));
            }
        }
        return accounts.record(account);
    }

    /** Returns false, with nothing done, when the player is not banned, has another name, or does not exist. */
    boolean eraseName(Erasure erasure, long nowMillis) throws SQLException {
        AccountState account = accounts.find(erasure.player());
        if (account == null) {
            return false;
        }
        String name = account.player().name();
        if (name.equals(erasure.name())) {
            if (account.sanction(Sanction.Kind.BAN).untilMillis() <= nowMillis) {
                return false;
            }
            erasures.begin(erasure, nowMillis);
        } else if (!name.equals(erasure.replacement())) {
            return false;
        }
        accounts.erase(account, erasure.replacement());
        boards.remove(erasure.player());
        return true;
    }

    int eraseChat(Erasure erasure, List<Long> blocks) throws SQLException {
        return new TraceQueries(connection).erase(erasure, blocks);
    }

    /** Runs SQL that belongs to none of the parts above. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    void commit() throws SQLException {
        accounts.flush();
        transfers.flush();
        outbox.flush();
        games.flush();
        rooms.flush();
        fileMark.advance();
        super.commit();
        accounts.trim();
        outboxSize.accept(outbox.size());
    }
}
