package tavern.server.session;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How players prove their identity.
 *
 * @param failuresMax failed logins for one player from one address within {@code failureWindowSeconds}
 * @param failuresPerAddressMax failed logins from one address, for any players, within that time
 */
public record AuthSettings(Mode mode, Jwt jwt, int failuresMax, int failuresPerAddressMax, int failureWindowSeconds) {
    public enum Mode {
        /** The token is the player's name. Allowed on loopback addresses only. */
        DEV,
        JWT
    }

    /**
     * How tokens are checked.
     *
     * @param algorithms the allowed ones of HS256, RS256 and EdDSA
     * @param secret for HS256, at least 32 bytes
     * @param publicKey PEM file with the key for RS256 or EdDSA
     * @param issuer {@code iss} that a token must have, or null to skip the check
     * @param audience {@code aud} that a token must have; with null, a token with an audience is refused
     * @param clockSkewSeconds allowed at {@code exp} and {@code nbf}
     * @param singleUse whether a token must have a {@code jti} and is good for one login
     */
    public record Jwt(
            List<String> algorithms,
            @Nullable String secret,
            @Nullable Path publicKey,
            @Nullable String issuer,
            @Nullable String audience,
            int clockSkewSeconds,
            boolean singleUse) {
        /** Omits the secret, so that the settings can be logged. */
        @Override
        public String toString() {
            return "Jwt[algorithms=" + algorithms + ", publicKey=" + publicKey + ", issuer=" + issuer + ", audience="
                    + audience + ", clockSkewSeconds=" + clockSkewSeconds + ", singleUse=" + singleUse + "]";
        }
    }
}
