package tavern.server.ops;

import io.javalin.http.Context;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of a request in the log: that of the caller's {@code traceparent} (https://www.w3.org/TR/trace-context/), or
 * one of our own. Answers contain it.
 */
final class Trace {
    static final String HEADER = "Trace-Id";
    private static final String ATTRIBUTE = "tavern.trace";

    /** Later versions may have more after these four parts. */
    private static final Pattern PARENT =
            Pattern.compile("(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?");

    private static final Pattern ZEROS = Pattern.compile("0+");

    /** Not a secure generator, because ids are not secrets. */
    private static final SplittableRandom RANDOM = new SplittableRandom();

    private Trace() {}

    /** Must be called before anything else is done with the request. */
    static void begin(Context context) {
        String given = parent(context.header("traceparent"));
        String trace = given == null ? fresh() : given;
        context.attribute(ATTRIBUTE, trace);
        context.header(HEADER, trace);
    }

    static String of(Context context) {
        return Objects.requireNonNullElse(context.attribute(ATTRIBUTE), "");
    }

    /** Returns null if the header does not conform to the standard. */
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
        // Never all zeros, which the standard forbids.
        return hex.toHexDigits(RANDOM.nextLong() | 1) + hex.toHexDigits(RANDOM.nextLong());
    }
}
