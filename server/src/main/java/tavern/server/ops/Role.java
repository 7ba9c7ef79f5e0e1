package tavern.server.ops;

import java.util.Locale;

/** What an operator may do; each may do what those before it may. */
public enum Role {
    /** See everything but secrets. */
    VIEWER,
    /** Steer players: kick, mute, ban, whisper, announce. */
    MODERATOR,
    /** Steer the server and its goods: grants, rooms, kill switches, drain. */
    ADMIN;

    boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
