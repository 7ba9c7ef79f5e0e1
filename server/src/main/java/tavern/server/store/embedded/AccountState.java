package tavern.server.store.embedded;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.server.store.Sanction;

/**
 * A player or a named account as seen by the current transaction, as far as it was asked for, and which of its changes are
 * not yet written. Never holds a whole inventory. Confined to the writer's thread.
 */
final class AccountState {
    private final Player player;
    private final Map<String, Long> counts = new HashMap<>();
    private final Set<String> changedKinds = new HashSet<>();
    private long version;
    private long puts;
    private Sanction ban;
    private Sanction mute;

    AccountState(Player player, long version, long puts, Sanction ban, Sanction mute) {
        this.player = player;
        this.version = version;
        this.puts = puts;
        this.ban = ban;
        this.mute = mute;
    }

    Player player() {
        return player;
    }

    long id() {
        return player.id().value();
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

    /** Returns null when the count was not read yet. */
    @Nullable
    Long knownCount(String kind) {
        return counts.get(kind);
    }

    /** How many counts were read. */
    int knownCounts() {
        return counts.size();
    }

    void know(String kind, long count) {
        counts.put(kind, count);
    }

    void change(String kind, long count) {
        counts.put(kind, count);
        changedKinds.add(kind);
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

    /** The kinds whose counts are not yet written. */
    Set<String> changedKinds() {
        return changedKinds;
    }
}
