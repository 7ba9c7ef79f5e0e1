package tavern.server.session;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a player proves who it is.
 *
 * @param failuresMax failed attempts of one address, or for one player, within {@code failureWindowSeconds}
 */
public record AuthSettings(Mode mode, Jwt jwt, int failuresMax, int failureWindowSeconds) {
    public enum Mode {
        /** The token is the player's name. On loopback addresses only. */
        DEV,
        JWT
    }

    /**
     * How tokens are checked.
     *
     * @param algorithms allowed ones of HS256, RS256 and EdDSA
     * @param secret for HS256, at least 32 bytes
     * @param publicKey PEM file with the key for RS256 or EdDSA
     * @param issuer {@code iss} that a token must have; null: not checked
     * @param audience {@code aud} that a token must have; null: a token with an audience is refused
     * @param clockSkewSeconds allowed at {@code exp} and {@code nbf}
     * @param singleUse a token must have a {@code jti} and is good for one login
     */
    public record Jwt(
            List<String> algorithms,
            @Nullable String secret,
            @Nullable Path publicKey,
            @Nullable String issuer,
            @Nullable String audience,
            int clockSkewSeconds,
            boolean singleUse) {
        /** Without the secret, so that it can be logged. */
        @Override
        public String toString() {
            return "Jwt[algorithms=" + algorithms + ", publicKey=" + publicKey + ", issuer=" + issuer + ", audience="
                    + audience + ", clockSkewSeconds=" + clockSkewSeconds + ", singleUse=" + singleUse + "]";
        }
    }
}
