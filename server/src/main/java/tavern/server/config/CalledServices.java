package tavern.server.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.Names;
import tavern.server.services.ServiceSettings;

/** The section {@code games.services}: what games call. */
final class CalledServices {
    private CalledServices() {}

    static List<ServiceSettings> read(SettingReader settings) {
        List<ServiceSettings> services = new ArrayList<>();
        settings.sections(KnownKeys.SERVICES, KnownKeys.SERVICE_DEFAULTS).forEach((name, section) -> {
            if (!Names.isService(name)) {
                section.problem(
                        "url",
                        "the name of a service is 1 to " + Names.SERVICE_CHARACTERS_MAX
                                + " letters, digits, _ or -, the first a letter or digit");
            }
            ServiceSettings service = service(name, section);
            if (service != null) {
                services.add(service);
            }
        });
        return List.copyOf(services);
    }

    private static @Nullable ServiceSettings service(String name, SettingReader section) {
        URI url = url(section);
        Duration timeout = Duration.ofMillis(section.whole("timeout-millis", 10, 60_000));
        Duration retry = Duration.ofMillis(section.whole("retry-millis", 10, 60_000));
        int tries = section.whole("tries", 1, 20);
        int atOnce = section.whole("at-once-max", 1, 1_000);
        int waiting = section.whole("waiting-max", 1, 100_000);
        SortedMap<String, String> headers = headers(section);
        return url == null ? null : new ServiceSettings(name, url, timeout, tries, retry, atOnce, waiting, headers);
    }

    private static @Nullable URI url(SettingReader section) {
        String cure = "must begin with http:// or https://, and name a host, but no user";
        try {
            URI url = new URI(section.text("url"));
            boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (isHttp && url.getHost() != null && url.getRawUserInfo() == null && url.getRawFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // It is reported like others that are none.
        }
        section.problem("url", cure);
        return null;
    }

    private static SortedMap<String, String> headers(SettingReader section) {
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        section.textsByName("headers").forEach((name, value) -> add(section, "headers", name, value, headers));
        section.textsByName("secret-headers").forEach((name, file) -> {
            try {
                add(
                        section,
                        "secret-headers",
                        name,
                        Files.readString(Path.of(file), UTF_8).strip(),
                        headers);
            } catch (IOException | IllegalArgumentException e) {
                section.problem("secret-headers", "cannot read the file for " + name + ", " + file);
            }
        });
        return headers;
    }

    private static void add(
            SettingReader section, String key, String name, String value, SortedMap<String, String> headers) {
        try {
            HttpRequest.newBuilder().setHeader(name, value);
        } catch (IllegalArgumentException e) {
            section.problem(key, name + " is not a header that can be set to this value");
            return;
        }
        if (ServiceSettings.OWN_HEADERS.contains(name) || headers.putIfAbsent(name, value) != null) {
            section.problem(key, name + " is set twice, or by the server itself");
        }
    }
}
