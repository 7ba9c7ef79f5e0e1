package tavern.server.session;

import static org.jose4j.jwa.AlgorithmConstraints.ConstraintType.PERMIT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Names;

/**
 * Checks a signed JSON Web Token (RFC 7519, RFC 8725). The keys come from the configuration alone: what a token's
 * header says about keys ({@code kid}, {@code jku}, {@code jwk}, {@code x5u}, {@code x5c}) is never looked at.
 */
final class JwtAuthenticator implements Authenticator {
    static final int TOKEN_CHARACTERS_MAX = 4_096;

    private final AuthSettings.Jwt settings;
    private final InstantSource clock;
    private final Map<JwtAlgorithm, Key> keys;
    private final AlgorithmConstraints constraints;
    private final @Nullable UsedTokens used;

    JwtAuthenticator(AuthSettings.Jwt settings, InstantSource clock) throws IOException, GeneralSecurityException {
        this.settings = settings;
        this.clock = clock;
        keys = keys(settings);
        constraints = new AlgorithmConstraints(PERMIT, settings.algorithms().toArray(String[]::new));
        used = settings.singleUse() ? new UsedTokens(clock) : null;
    }

    /** Each algorithm has its own key, so that none is ever checked with another's. */
    private static Map<JwtAlgorithm, Key> keys(AuthSettings.Jwt settings) throws IOException, GeneralSecurityException {
        Map<JwtAlgorithm, Key> keys = new EnumMap<>(JwtAlgorithm.class);
        for (String name : settings.algorithms()) {
            JwtAlgorithm algorithm = JwtAlgorithm.of(name);
            keys.put(algorithm, key(settings, algorithm));
        }
        return keys;
    }

    private static Key key(AuthSettings.Jwt settings, JwtAlgorithm algorithm)
            throws IOException, GeneralSecurityException {
        if (algorithm == JwtAlgorithm.HS256) {
            if (settings.secret() == null) {
                throw new InvalidKeyException("HS256 needs auth.jwt.secret");
            }
            return new HmacKey(settings.secret().getBytes(StandardCharsets.UTF_8));
        }
        if (settings.publicKey() == null) {
            throw new InvalidKeyException(algorithm + " needs auth.jwt.public-key");
        }
        return PublicKeyFile.read(settings.publicKey(), algorithm);
    }

    @Override
    public String playerName(String token) throws AuthException {
        if (token.length() > TOKEN_CHARACTERS_MAX) {
            throw new AuthException("token too long");
        }
        try {
            JwtClaims claims = consumer().processToClaims(token);
            String name = claims.getSubject();
            if (!Names.isPlayerName(name)) {
                throw new AuthException("sub is not a player's name");
            }
            if (used != null) {
                used.add(claims.getJwtId(), claims.getExpirationTime().getValueInMillis() + skewMillis());
            }
            return name;
        } catch (InvalidJwtException e) {
            throw new AuthException(reason(e));
        } catch (MalformedClaimException e) {
            throw new AuthException("malformed claim");
        }
    }

    /** Made anew for each login, because jose4j fixes the time when it is built. */
    private JwtConsumer consumer() {
        JwtConsumerBuilder builder = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(constraints)
                .setVerificationKeyResolver((signature, nesting) -> keyFor(signature, nesting))
                .setRequireExpirationTime()
                .setRequireSubject()
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .setAllowedClockSkewInSeconds(settings.clockSkewSeconds());
        if (settings.issuer() != null) {
            builder.setExpectedIssuer(settings.issuer());
        }
        if (settings.audience() != null) {
            builder.setExpectedAudience(settings.audience());
        }
        if (settings.singleUse()) {
            builder.setRequireJwtId();
        }
        return builder.build();
    }

    private Key keyFor(JsonWebSignature signature, List<JsonWebStructure> nesting) throws UnresolvableKeyException {
        String algorithm = signature.getAlgorithmHeaderValue();
        Key key = JwtAlgorithm.isName(algorithm) ? keys.get(JwtAlgorithm.of(algorithm)) : null;
        if (key == null || !nesting.isEmpty()) {
            throw new UnresolvableKeyException("algorithm not allowed");
        }
        return key;
    }

    private long skewMillis() {
        return settings.clockSkewSeconds() * 1_000L;
    }

    /** Codes only: jose4j's text quotes the token. */
    private static String reason(InvalidJwtException e) {
        String codes = e.getErrorDetails().stream()
                .map(ErrorCodeValidator.Error::getErrorCode)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        if (e.hasExpired()) {
            return "token expired";
        }
        return codes.isEmpty() ? "token malformed or not signed by us" : "token refused, jose4j error codes " + codes;
    }
}
