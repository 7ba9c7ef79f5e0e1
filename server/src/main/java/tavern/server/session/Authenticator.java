package tavern.server.session;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;

/** Tells from a token who the player is. Called on event loops: never blocks. */
public interface Authenticator {
    /**
     * The name of the player that the token proves, a valid one.
     *
     * @throws AuthException when it proves nothing
     */
    String playerName(String token) throws AuthException;

    /**
     * The name to count failures under, beside the address; empty when an unproven token tells none that could be
     * trusted, since else anybody could lock anybody out.
     */
    default String claimedName(String token) {
        return "";
    }

    /**
     * The one that the configuration asks for.
     *
     * @throws IOException when the key file cannot be read
     * @throws GeneralSecurityException when it holds no fit key
     */
    static Authenticator of(AuthSettings settings, InstantSource clock) throws IOException, GeneralSecurityException {
        return switch (settings.mode()) {
            case DEV -> new DevAuthenticator();
            case JWT -> new JwtAuthenticator(settings.jwt(), clock);
        };
    }
}
