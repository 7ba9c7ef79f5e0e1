package tavern.server.services;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A service that games can call.
 *
 * @param timeout of one try, from the wish to connect until the whole answer is there
 * @param tries at the most
 * @param retry until the second try; then twice as long each time, up to a minute
 * @param atOnceMax tries under way
 * @param waitingMax calls that wait for a try, or between two
 * @param headers of each request; may be secret
 */
public record ServiceSettings(
        String name,
        URI url,
        Duration timeout,
        int tries,
        Duration retry,
        int atOnceMax,
        int waitingMax,
        SortedMap<String, String> headers) {
    static final String KEY_HEADER = "Idempotency-Key";
    static final String ROOM_HEADER = "Tavern-Room";
    static final String CALL_HEADER = "Tavern-Call";

    /** Those that the server sets; in whatever case. */
    public static final Set<String> OWN_HEADERS = own();

    private static Set<String> own() {
        Set<String> own = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        own.addAll(Set.of(KEY_HEADER, ROOM_HEADER, CALL_HEADER, "Content-Type"));
        return Collections.unmodifiableSet(own);
    }

    public ServiceSettings {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return name;
    }
}
