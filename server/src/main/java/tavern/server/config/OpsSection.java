package tavern.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tavern.server.ops.OpsSettings;
import tavern.server.store.AnchorFile;
import tavern.server.store.StoreSettings;
import tavern.server.tls.PemPair;

/** The section {@code ops}. */
final class OpsSection {
    private OpsSection() {}

    static OpsSettings read(SettingReader settings, String realm, StoreSettings store) {
        Path storePath = store.path();
        Path tokens = settings.path("ops.token");
        PemPair tls = TlsSection.read(settings, "ops.tls");
        return new OpsSettings(
                settings.flag("ops.enabled"),
                host(settings, tls != null),
                settings.whole("ops.port", 0, 65_535),
                tokens == null ? storePath.resolve("ops-tokens") : tokens,
                storePath.resolve("books.db"),
                tls,
                settings.texts("ops.names"),
                settings.flag("ops.metrics-open"),
                settings.whole("ops.grant-max", 1, Integer.MAX_VALUE),
                AddressBlock.list(settings, "ops.trusted-proxies"),
                anchor(realm, store),
                settings.whole("ops.loop-silent-seconds", 2, 3_600));
    }

    private static AnchorFile anchor(String realm, StoreSettings store) {
        String name = store.kind().name().toLowerCase(Locale.ROOT) + ":" + realm;
        return new AnchorFile(store.path().resolve(AnchorFile.NAME), name);
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
}
