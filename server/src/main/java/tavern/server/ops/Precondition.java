package tavern.server.ops;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks that an operator knows the current state: a command that replaces another operator's command names the version
 * that was seen, in {@code If-Match} (RFC 9110, RFC 6585).
 */
final class Precondition {
    /** The {@code If-Match} that accepts any state. */
    static final String ANY = "*";

    private Precondition() {}

    /**
     * Throws {@link RequestRefusedException} when the command must not be carried out.
     *
     * @param seen the version that the command names, or null for none
     * @param version the current version; empty if there is nothing to replace
     * @param words the current state, in words
     * @param required whether a command that names no version is refused if there is something to replace
     */
    static void check(@Nullable String seen, String version, String words, boolean required) {
        if (seen == null) {
            if (required && !version.isEmpty()) {
                throw refused(428, "PRECONDITION_REQUIRED", version, words, words + " already; to replace that");
            }
        } else if (version.isEmpty()) {
            throw refused(412, "PRECONDITION_FAILED", "", "", "the version seen is no longer current; to go on");
        } else if (!seen.equals(ANY) && !seen.equals(version)) {
            throw refused(
                    412,
                    "PRECONDITION_FAILED",
                    version,
                    words,
                    "somebody has changed it: now " + words + "; to replace that");
        }
    }

    private static RequestRefusedException refused(
            int status, String code, String version, String words, String message) {
        String cure = version.isEmpty()
                ? ", send the order again without If-Match"
                : ", send the order again with If-Match: \"" + version + "\"";
        return new RequestRefusedException(
                status, code, message + cure, 0, Map.of("version", version, "stands", words));
    }
}
