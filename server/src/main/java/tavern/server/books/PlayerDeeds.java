package tavern.server.books;

import java.util.Set;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;

/** Determines which audit entries belong to a player's timeline. */
final class PlayerDeeds {
    /** Commands that are not about a player. */
    private static final Set<String> OF_NO_PLAYER =
            Set.of("announce", "backup", "canary", "close", "drain", "end-canary", "move-room", "republish", "undrain");

    /** Commands that are about a player only if their text says so, because a room may have the same name. */
    private static final Set<String> OF_SOME_PLAYER = Set.of("freeze", "unfreeze");

    private PlayerDeeds() {}

    static boolean has(AuditEntry deed) {
        if (deed.target().isEmpty() || OF_NO_PLAYER.contains(deed.action())) {
            return false;
        }
        // An outcome belongs to the target of its command; if that was not a player, there is no row to change.
        return !OF_SOME_PLAYER.contains(deed.action())
                || AuditedOrder.begunIn(deed) != 0
                || deed.result().endsWith(" player " + deed.target());
    }
}
