package tavern.server.config;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in the configuration.
 *
 * @param key dotted, as in the file; empty when the whole file is meant
 * @param value as written; null when there is none to show, or it is a secret
 * @param origin file and line, environment variable or command line
 * @param cure what to write instead
 */
public record ConfigProblem(String key, @Nullable String value, String origin, String cure) {
    /** One line, whatever the value holds. */
    @Override
    public String toString() {
        String setting = value == null ? key : key + " = " + value;
        String place = setting.isEmpty() ? origin : setting + " (" + origin + ")";
        return (place + ": " + cure).replaceAll("\\p{Cntrl}", "?");
    }
}
