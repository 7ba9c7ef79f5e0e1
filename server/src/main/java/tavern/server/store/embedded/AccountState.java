package tavern.server.store.embedded;

import java.sql.SQLException;
import tavern.game.Player;
import tavern.server.store.Sanction;

/**
 * A player or a named account as seen by the current transaction, as far as it was asked for, and which of its changes are
 * not yet written. Never holds a whole inventory. Confined to the writer's thread.
 */
final class AccountState {
    private final Player player;
    private final long id;
    private final KindCounts counts = new KindCounts();
    private long version;
    private long puts;
    private Sanction ban;
    private Sanction mute;

    AccountState(Player player, long version, long puts, Sanction ban, Sanction mute) {
        this.player = player;
        id = player.id().value();
        this.version = version;
        this.puts = puts;
        this.ban = ban;
        this.mute = mute;
    }

    Player player() {
        return player;
    }

    long id() {
        return id;
    }

    long version() {
        return version;
    }

    /** How many values were put for the player. */
    long puts() {
        return puts;
    }

    Sanction sanction(Sanction.Kind kind) {
        return kind == Sanction.Kind.BAN ? ban : mute;
    }

    /** Returns the count, or {@link KindCounts#UNKNOWN} when it was not read yet. */
    long knownCount(String kind) {
        return counts.get(kind);
    }

    /** How many counts were read. */
    int knownCounts() {
        return counts.size();
    }

    void know(String kind, long count) {
        counts.know(kind, count);
    }

    void change(String kind, long count) {
        counts.change(kind, count);
    }

    long grow() {
        return ++version;
    }

    long countPut() {
        return ++puts;
    }

    void change(Sanction sanction) {
        switch (sanction.kind()) {
            case BAN -> ban = sanction;
            case MUTE -> mute = sanction.asKept();
        }
    }

    /** Passes on the counts that are not yet written, which count as written afterwards. */
    void takeChanged(KindCounts.Taker taker) throws SQLException {
        counts.takeChanged(taker);
    }
}
