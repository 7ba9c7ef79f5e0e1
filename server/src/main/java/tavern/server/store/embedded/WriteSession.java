package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongConsumer;
import tavern.server.game.PlayerId;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/** All that writes, on the one connection that may. */
final class WriteSession extends Session {
    private final Connection connection;
    private final LongConsumer outboxSize;
    private final Accounts accounts;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Fences fences;
    private final Grants grants;
    private final Trades trades;
    private final Settlements settlements;
    private final Rooms rooms;
    private final AuditTable audit;
    private final FreezeTable freezes;

    /** @param outboxSize told after each commit */
    WriteSession(Connection connection, int outboxRowsMax, LongConsumer outboxSize) throws SQLException {
        super(connection, "BEGIN IMMEDIATE");
        this.connection = connection;
        this.outboxSize = outboxSize;
        accounts = new Accounts(connection);
        ledger = new Ledger(connection);
        outbox = new Outbox(connection, outboxRowsMax);
        fences = new Fences(connection);
        grants = new Grants(connection, accounts, ledger);
        trades = new Trades(connection);
        settlements = new Settlements(accounts, ledger, fences, outbox, trades);
        rooms = new Rooms(connection, fences);
        audit = new AuditTable(connection);
        freezes = new FreezeTable(connection);
        outboxSize.accept(outbox.size());
    }

    Grants grants() {
        return grants;
    }

    Settlements settlements() {
        return settlements;
    }

    Fences fences() {
        return fences;
    }

    Outbox outbox() {
        return outbox;
    }

    Rooms rooms() {
        return rooms;
    }

    AuditTable audit() {
        return audit;
    }

    FreezeTable freezes() {
        return freezes;
    }

    PlayerRecord sanction(PlayerId player, Sanction sanction) throws SQLException, Refusal {
        Account account = accounts.require(player);
        account.sanction(sanction);
        accounts.changed(account);
        return account.stored();
    }

    /** For what no part above knows. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    void commit() throws SQLException {
        accounts.flush();
        trades.flush();
        ledger.flush();
        outbox.flush();
        rooms.flush();
        super.commit();
        accounts.trim();
        outboxSize.accept(outbox.size());
    }
}
