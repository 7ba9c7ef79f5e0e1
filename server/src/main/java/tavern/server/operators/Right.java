package tavern.server.operators;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Something that an operator may do; a role is a set of these. */
public enum Right {
    /** See everything that is not under another right. Every role has it. */
    SEE,
    /** See the audit log, whispers and operators' commands on players, and the state of rooms with games. */
    SEE_PRIVATE,
    /** Kick, mute, ban, whisper, move. */
    PLAYERS,
    ANNOUNCE,
    /** Grant and revoke goods. */
    GOODS,
    /** Close rooms, download their recordings. */
    ROOMS,
    /** Stop trades, chat and joins. */
    FREEZES,
    /** Drain, back up, reload games, publish dead letters again. */
    SERVERS,
    /** See the configuration. */
    SETTINGS,
    /** Export and erase a player's data. */
    PERSONAL_DATA,
    /** Make and change accounts of operators. */
    OPERATORS;

    /** Returns the right of this name. */
    public static Optional<Right> of(String name) {
        return Arrays.stream(values())
                .filter(right -> right.toString().equals(name))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
