package tavern.server.net;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * P-92: the web pages that may connect. Browsers let any page open a WebSocket to any server and name the page's origin;
 * other programs name none, and are not meant.
 */
public final class WebPageOrigins {
    /** Every page. */
    public static final String ALL = "*";

    /** Pages that were loaded from the visitor's own machine. */
    public static final String LOOPBACK = "loopback";

    private static final Pattern ORIGIN = Pattern.compile("https?://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");
    private static final Pattern OF_LOOPBACK =
            Pattern.compile("https?://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");

    private final Set<String> origins;

    WebPageOrigins(List<String> origins) {
        this.origins = origins.stream().map(WebPageOrigins::lower).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether this can be an element of the setting. */
    public static boolean isValid(String element) {
        return element.equals(ALL)
                || element.equals(LOOPBACK)
                || ORIGIN.matcher(lower(element)).matches();
    }

    boolean contain(String origin) {
        String lower = lower(origin);
        return origins.contains(ALL)
                || origins.contains(LOOPBACK) && OF_LOOPBACK.matcher(lower).matches()
                || !lower.equals(LOOPBACK) && origins.contains(lower);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
