package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrustedProxiesTest {
    private final TrustedProxies proxies = new TrustedProxies(List.of("127.0.0.1/32", "10.0.0.0/8", "fd00::/8"));

    private record Header(String name, String value) {}

    /** A request of which nothing is known but its sender and its headers. */
    private static Context from(String peer, String... headers) {
        List<Header> all = new ArrayList<>();
        for (String header : headers) {
            String[] parts = header.split(": ", 2);
            all.add(new Header(parts[0], parts[1]));
        }
        HttpServletRequest request = stub(HttpServletRequest.class, (method, name) -> switch (method) {
            case "getRemoteAddr" -> peer;
            case "getHeader" -> values(all, name).stream().findFirst().orElse(null);
            case "getHeaders" -> Collections.enumeration(values(all, name));
            default -> throw new UnsupportedOperationException(method);
        });
        return stub(Context.class, (method, name) -> {
            assertThat(method).isEqualTo("req");
            return request;
        });
    }

    private static List<String> values(List<Header> all, String name) {
        return all.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    private interface Answers {
        @Nullable
        Object to(String method, String argument);
    }

    private static <T> T stub(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        answers.to(method.getName(), arguments == null ? "" : String.valueOf(arguments[0]))));
    }

    private String client(String peer, String... headers) {
        return proxies.client(from(peer, headers)).getHostAddress();
    }

    @Test
    void aStrangersForwardedAddressIsNotBelieved() {
        assertThat(client("192.0.2.9", "X-Forwarded-For: 127.0.0.1")).isEqualTo("192.0.2.9");
        assertThat(client("192.0.2.9", "Forwarded: for=127.0.0.1")).isEqualTo("192.0.2.9");
    }

    @Test
    void ofWhatAProxyForwardsTheLastAddressThatIsNoProxysCounts() {
        assertThat(client("127.0.0.1", "X-Forwarded-For: 198.51.100.7")).isEqualTo("198.51.100.7");
        assertThat(client("127.0.0.1", "X-Forwarded-For: 127.0.0.1, 198.51.100.7, 10.1.2.3"))
                .isEqualTo("198.51.100.7");
        assertThat(client("127.0.0.1", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 198.51.100.7"))
                .isEqualTo("198.51.100.7");
        assertThat(client("127.0.0.1", "Forwarded: for=1.2.3.4, for=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1"))
                .isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(client("fd00:0:0:0:0:0:0:1", "Forwarded: proto=https; For=198.51.100.7:80"))
                .isEqualTo("198.51.100.7");
    }

    @Test
    void whatIsNoAddressEndsWhatIsBelieved() {
        assertThat(client("127.0.0.1", "X-Forwarded-For: 198.51.100.7, unknown"))
                .isEqualTo("127.0.0.1");
        assertThat(client("127.0.0.1", "Forwarded: for=198.51.100.7, for=_hidden"))
                .isEqualTo("127.0.0.1");
        assertThat(client("127.0.0.1", "X-Forwarded-For: localhost, 10.0.0.9")).isEqualTo("10.0.0.9");
        assertThat(client("127.0.0.1", "Forwarded: by=198.51.100.7")).isEqualTo("127.0.0.1");
        assertThat(client("127.0.0.1", "X-Forwarded-For: [")).isEqualTo("127.0.0.1");
        assertThat(client("127.0.0.1")).isEqualTo("127.0.0.1");
    }

    @Test
    void aHeaderThatTheProxyPassesOnUnseenCannotNameAnother() {
        String[] contradiction = {"X-Forwarded-For: 198.51.100.7", "Forwarded: for=203.0.113.5"};
        assertThatThrownBy(() -> client("127.0.0.1", contradiction)).isInstanceOf(RequestRefusedException.class);
        assertThat(client("127.0.0.1", "X-Forwarded-For: 198.51.100.7", "Forwarded: for=198.51.100.7"))
                .isEqualTo("198.51.100.7");
    }

    @Test
    void ofALongHeaderTheEndCounts() {
        String many = "1.2.3.4, ".repeat(2_000);
        assertThat(client("127.0.0.1", "X-Forwarded-For: " + many + "198.51.100.7"))
                .isEqualTo("198.51.100.7");
        assertThat(client("127.0.0.1", "X-Forwarded-For: 198.51.100.7" + ", 10.0.0.1".repeat(2_000)))
                .isEqualTo("10.0.0.1");
    }

    @Test
    void whatCameThroughAProxyIsNotLocal() {
        TrustedProxies none = new TrustedProxies(List.of());
        assertThat(none.isLocal(from("127.0.0.1"))).isTrue();
        assertThat(none.isLocal(from("0:0:0:0:0:0:0:1"))).isTrue();
        assertThat(none.isLocal(from("192.0.2.9"))).isFalse();
        for (String trace : List.of("X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "Via: 1.1 proxy")) {
            assertThat(none.isLocal(from("127.0.0.1", trace))).as(trace).isFalse();
        }
    }

    @Test
    void aListedProxyIsNotLocalEvenWithoutAHeader() {
        assertThat(proxies.isLocal(from("127.0.0.1"))).isFalse();
        assertThat(proxies.isLocal(from("0:0:0:0:0:0:0:1"))).as("not listed").isTrue();
    }
}
