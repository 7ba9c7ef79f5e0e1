package tavern.server.ops;

import io.javalin.http.Context;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id under which the log speaks of a request: that of the caller's {@code traceparent}
 * (https://www.w3.org/TR/trace-context/), or one of our own. Answers carry it.
 */
final class Trace {
    static final String HEADER = "Trace-Id";
    private static final String ATTRIBUTE = "tavern.trace";

    /** Later versions may have more behind these four. */
    private static final Pattern PARENT =
            Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?");

    private static final Pattern ZEROS = Pattern.compile("0+");

    /** Ids are names, not secrets. */
    private static final SplittableRandom RANDOM = new SplittableRandom();

    private Trace() {}

    /** Before anything else is done with the request. */
    static void begin(Context context) {
        String given = parent(context.header("traceparent"));
        String trace = given == null ? fresh() : given;
        context.attribute(ATTRIBUTE, trace);
        context.header(HEADER, trace);
    }

    static String of(Context context) {
        return Objects.requireNonNullElse(context.attribute(ATTRIBUTE), "");
    }

    /** Null: it is not as the standard says. */
    static @Nullable String parent(@Nullable String header) {
        if (header == null) {
            return null;
        }
        Matcher parent = PARENT.matcher(header);
        boolean valid = parent.matches()
                && !(parent.group(1).equals("00") && parent.group(4) != null)
                && !ZEROS.matcher(parent.group(2)).matches()
                && !ZEROS.matcher(parent.group(3)).matches();
        return valid ? parent.group(2) : null;
    }

    private static synchronized String fresh() {
        HexFormat hex = HexFormat.of();
        // Never all zeros.
        return hex.toHexDigits(RANDOM.nextLong() | 1) + hex.toHexDigits(RANDOM.nextLong());
    }
}
