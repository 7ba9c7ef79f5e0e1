package tavern.server.store;

import java.util.List;
import tavern.game.PlayerId;

/** Hears what happens on the realm's other servers. Called on a thread of the store; must be short. */
public interface PresenceListener {
    /** A player has logged in on another server. */
    void loggedIn(PlayerId player, long login);

    /** Another server has sent a message to this one. */
    void told(List<String> words);

    /** Logins may have been missed. */
    void loginsMissed();
}
