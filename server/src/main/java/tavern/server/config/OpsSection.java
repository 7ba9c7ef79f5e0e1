package tavern.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.server.ops.OpsSettings;

/** {@code ops}. */
final class OpsSection {
    private OpsSection() {}

    static OpsSettings read(SettingReader settings) {
        String tokens = settings.text("ops.token");
        OpsSettings.Tls tls = tls(settings);
        return new OpsSettings(
                settings.flag("ops.enabled"),
                host(settings, tls != null),
                settings.whole("ops.port", 0, 65_535),
                tokens.isEmpty() ? Path.of(settings.text("store.path"), "ops-tokens") : Path.of(tokens),
                Path.of(settings.text("store.path"), "books.db"),
                tls,
                settings.texts("ops.names"),
                settings.flag("ops.metrics-open"));
    }

    private static String host(SettingReader settings, boolean encrypted) {
        String host = settings.text("ops.host");
        Optional<InetAddress> address = NetSection.resolve(host);
        boolean plainRemoteAllowed = settings.flag("ops.allow-plain-remote");
        if (address.isEmpty()) {
            settings.problem("ops.host", "must be an address or a name that resolves to one of this machine's");
        } else if (!address.get().isLoopbackAddress() && !encrypted && !plainRemoteAllowed) {
            settings.problem(
                    "ops.host",
                    "tokens would cross the network in the clear; write 127.0.0.1, set ops.tls.cert and ops.tls.key,"
                            + " or set ops.allow-plain-remote = true when a proxy in front of it speaks TLS");
        }
        return host;
    }

    private static OpsSettings.@Nullable Tls tls(SettingReader settings) {
        PemFiles.Pair pair = PemFiles.pair(settings, "ops.tls.cert", "ops.tls.key");
        return pair == null ? null : new OpsSettings.Tls(pair.certificate(), pair.key());
    }
}
