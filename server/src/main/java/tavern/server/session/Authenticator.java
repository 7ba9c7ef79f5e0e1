package tavern.server.session;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;

/** Derives a player's identity from a token. Safe on any thread; never blocks. */
public interface Authenticator {
    /**
     * Checks a token. A single-use token is still good afterwards.
     *
     * @throws AuthException when the token proves nothing
     */
    Proof prove(String token) throws AuthException;

    /**
     * Lets the player in, which uses up a single-use token.
     *
     * @throws AuthException when it was used for another login meanwhile
     */
    default void use(Proof proof) throws AuthException {}

    /**
     * The name that an unproven token claims, under which a failure is counted together with the address, or empty when
     * it claims none.
     */
    String claimedName(String token);

    /**
     * Creates the configured authenticator.
     *
     * @throws IOException when the key file cannot be read
     * @throws GeneralSecurityException when it holds no suitable key
     */
    static Authenticator of(AuthSettings settings, InstantSource clock) throws IOException, GeneralSecurityException {
        return switch (settings.mode()) {
            case DEV -> new DevAuthenticator();
            case JWT -> new JwtAuthenticator(settings.jwt(), clock);
        };
    }
}
