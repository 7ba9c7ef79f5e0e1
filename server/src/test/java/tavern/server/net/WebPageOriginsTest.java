package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WebPageOriginsTest {
    @Test
    void loopbackIsEveryPageFromTheVisitorsOwnMachine() {
        WebPageOrigins origins = new WebPageOrigins(List.of("loopback"));
        assertThat(List.of("http://localhost", "https://localhost:8443", "http://127.1.2.3:80", "HTTP://LocalHost:1"))
                .allMatch(origins::contain);
        assertThat(List.of(
                        "http://localhost.evil.example",
                        "http://127.0.0.1.evil.example",
                        "http://evil.example#http://localhost",
                        "file://",
                        "null",
                        "loopback",
                        ""))
                .noneMatch(origins::contain);
    }

    @Test
    void aListedOriginIsSchemeHostAndPort() {
        WebPageOrigins origins =
                new WebPageOrigins(List.of("https://play.example.com", "http://Play.Example.com:8080"));
        assertThat(List.of("https://play.example.com", "HTTPS://PLAY.example.com", "http://play.example.com:8080"))
                .allMatch(origins::contain);
        assertThat(List.of(
                        "http://play.example.com",
                        "https://play.example.com:444",
                        "https://example.com",
                        "https://x.play.example.com",
                        "http://localhost"))
                .noneMatch(origins::contain);
        assertThat(new WebPageOrigins(List.of("*")).contain("null")).isTrue();
        assertThat(new WebPageOrigins(List.of()).contain("http://localhost")).isFalse();
    }

    @Test
    void elementsThatMatchNoPageAreNotValid() {
        assertThat(List.of("loopback", "*", "https://play.example.com", "http://[::1]:80"))
                .allMatch(WebPageOrigins::isValid);
        assertThat(List.of("play.example.com", "https://play.example.com/", "https://*.example.com", "", "ws://x"))
                .noneMatch(WebPageOrigins::isValid);
    }
}
