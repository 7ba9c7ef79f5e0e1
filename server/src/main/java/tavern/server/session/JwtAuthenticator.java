package tavern.server.session;

import static org.jose4j.jwa.AlgorithmConstraints.ConstraintType.PERMIT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import tavern.game.Names;

/**
 * Checks a signed JSON Web Token (RFC 7519, RFC 8725). The keys come from the configuration alone: a token header's
 * references to keys ({@code kid}, {@code jku}, {@code jwk}, {@code x5u}, {@code x5c}) are never used.
 */
final class JwtAuthenticator implements Authenticator {
    /** The space that a Hello of 4,096 bytes leaves for the token beside all its other fields (P-7). */
    static final int TOKEN_CHARACTERS_MAX = 4_000;

    /** Finds a name without a JSON parser, since the text is not authenticated. */
    private static final Pattern CLAIMED_SUBJECT = Pattern.compile("\"sub\"\\s*:\\s*\"([^\"\\\\]{1,64})\"");

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
    public Proof prove(String token) throws AuthException {
        if (token.length() > TOKEN_CHARACTERS_MAX) {
            throw new AuthException("token too long");
        }
        try {
            JwtClaims claims = consumer().processToClaims(token);
            String name = claims.getSubject();
            if (!Names.isPlayerName(name)) {
                throw new AuthException("sub is not a player's name");
            }
            if (used == null) {
                return new Proof(name);
            }
            used.check(claims.getJwtId());
            return new Proof(name, claims.getJwtId(), claims.getExpirationTime().getValueInMillis() + skewMillis());
        } catch (InvalidJwtException e) {
            throw new AuthException(reason(e));
        } catch (MalformedClaimException e) {
            throw new AuthException("malformed claim");
        }
    }

    @Override
    public void use(Proof proof) throws AuthException {
        if (used != null && proof.onceId() != null) {
            used.add(proof.onceId(), proof.untilMillis());
        }
    }

    @Override
    public String claimedName(String token) {
        int begin = token.indexOf('.') + 1;
        int end = token.indexOf('.', begin);
        if (begin == 0 || end < 0 || token.length() > TOKEN_CHARACTERS_MAX) {
            return "";
        }
        try {
            byte[] claims = Base64.getUrlDecoder().decode(token.substring(begin, end));
            Matcher subject = CLAIMED_SUBJECT.matcher(new String(claims, StandardCharsets.UTF_8));
            return subject.find() && Names.isPlayerName(subject.group(1)) ? subject.group(1) : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Created for each login, because jose4j fixes the evaluation time when it is built. */
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

    /** Only error codes: jose4j's text quotes the token. */
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
