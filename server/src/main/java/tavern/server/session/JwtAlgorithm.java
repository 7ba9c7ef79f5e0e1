package tavern.server.session;

import java.util.Arrays;

/** The signature algorithms that a token may use. There are no others, whatever a token or a configuration says. */
public enum JwtAlgorithm {
    HS256("HS256"),
    RS256("RS256"),
    EDDSA("EdDSA");

    private final String id;

    JwtAlgorithm(String id) {
        this.id = id;
    }

    public static boolean isName(String name) {
        return Arrays.stream(values()).anyMatch(algorithm -> algorithm.id.equals(name));
    }

    /** Finds an algorithm by its name in a token's header. @throws IllegalArgumentException when it is none of these */
    public static JwtAlgorithm of(String name) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.id.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not HS256, RS256 or EdDSA"));
    }

    /** The name as in a token's header. */
    @Override
    public String toString() {
        return id;
    }
}
