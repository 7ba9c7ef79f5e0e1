package tavern.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.server.net.NetSettings;

/** {@code net}, and those of {@code limits} that hold for connections. */
final class NetSection {
    private NetSection() {}

    static NetSettings read(SettingReader settings) {
        return new NetSettings(
                host(settings),
                settings.whole("net.port", 0, 65_535),
                settings.choice("net.transport", NetSettings.Transport.class),
                tls(settings),
                limits(settings));
    }

    private static String host(SettingReader settings) {
        String host = settings.text("net.host");
        Optional<InetAddress> address = resolve(host);
        if (address.isEmpty()) {
            settings.problem("net.host", "must be an address or a name that resolves to one of this machine's");
        } else if (!address.get().isLoopbackAddress()
                && settings.text("auth.mode").equals("dev")) {
            settings.problem(
                    "net.host",
                    "auth.mode = dev lets anybody in under any name, so it needs a loopback address;"
                            + " write 127.0.0.1 or set auth.mode = jwt");
        }
        return host;
    }

    static Optional<InetAddress> resolve(String host) {
        if (host.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static NetSettings.@Nullable Tls tls(SettingReader settings) {
        PemFiles.Pair pair = PemFiles.pair(settings, "net.tls.cert", "net.tls.key");
        return pair == null ? null : new NetSettings.Tls(pair.certificate(), pair.key());
    }

    private static NetSettings.Limits limits(SettingReader settings) {
        int frameBytesMax = settings.whole("limits.frame-bytes-max", 1_024, 1_048_576);
        int helloBytesMax = settings.whole("limits.hello-bytes-max", 256, 65_536);
        if (helloBytesMax > frameBytesMax) {
            settings.problem(
                    "limits.hello-bytes-max", "must not be more than limits.frame-bytes-max = " + frameBytesMax);
        }
        return new NetSettings.Limits(
                frameBytesMax,
                helloBytesMax,
                settings.whole("limits.hello-seconds", 1, 60),
                settings.whole("limits.idle-seconds", 2, 3_600),
                settings.whole("limits.frame-seconds", 1, 60),
                settings.whole("limits.frames-per-second", 1, 100_000),
                settings.whole("limits.connections-max", 1, 1_000_000),
                settings.whole("limits.connections-per-address-max", 1, 1_000_000),
                uncounted(settings),
                settings.whole("limits.outbound-bytes-max", 65_536, 1_073_741_824),
                settings.whole("limits.outbound-stalled-seconds", 1, 300));
    }

    private static List<String> uncounted(SettingReader settings) {
        List<String> blocks = settings.texts("limits.uncounted-addresses");
        for (String block : blocks) {
            if (!AddressBlock.isValid(block)) {
                settings.problem(
                        "limits.uncounted-addresses",
                        "each must be an address block such as 10.0.0.0/8 or fd00::/8; this one is not: " + block);
            }
        }
        return blocks;
    }
}
