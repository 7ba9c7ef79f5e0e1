package tavern.server.ops;

import java.util.Locale;

/** What an operator may do; each role includes those before it. */
public enum Role {
    /** May see everything except secrets. */
    VIEWER,
    /** May act on players: kick, mute, ban, whisper, announce. */
    MODERATOR,
    /** May act on the server and its goods: grants, rooms, kill switches, drain. */
    ADMIN;

    boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
