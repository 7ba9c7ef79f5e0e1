package tavern.server.config;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in the configuration.
 *
 * @param key dotted, as in the file, or empty for the file as a whole
 * @param value as written, or null when there is none to show or it is a secret
 * @param origin file and line, environment variable or command line
 * @param cure what to write instead
 */
public record ConfigProblem(String key, @Nullable String value, String origin, String cure) {
    /** Always one line, whatever the value holds. */
    @Override
    public String toString() {
        String setting = value == null ? key : key + " = " + value;
        String place = setting.isEmpty() ? origin : setting + " (" + origin + ")";
        return (place + ": " + cure).replaceAll("\\p{Cntrl}", "?");
    }
}
