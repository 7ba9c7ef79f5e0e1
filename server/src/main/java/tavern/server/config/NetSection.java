package tavern.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import tavern.server.net.NetSettings;
import tavern.server.net.WebPageOrigins;

/** The section {@code net}, and the {@code limits} that hold for connections. */
final class NetSection {
    private NetSection() {}

    static NetSettings read(SettingReader settings, SharedLimits shared) {
        return new NetSettings(
                host(settings),
                settings.whole("net.port", 0, 65_535),
                settings.choice("net.transport", NetSettings.Transport.class),
                TlsSection.read(settings, "net.tls"),
                origins(settings),
                AddressBlock.list(settings, "net.proxy-protocol.from"),
                limits(settings, shared));
    }

    private static List<String> origins(SettingReader settings) {
        String key = "net.websocket.origins";
        List<String> origins = settings.texts(key);
        for (String origin : origins) {
            if (!WebPageOrigins.isValid(origin)) {
                settings.problem(
                        key,
                        "each must be " + WebPageOrigins.LOOPBACK + ", " + WebPageOrigins.ALL
                                + ", or a page's origin such as https://play.example.com; this one is not: " + origin);
            }
        }
        return origins;
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

    private static NetSettings.Limits limits(SettingReader settings, SharedLimits shared) {
        int frameBytesMax = shared.frameBytesMax();
        int helloBytesMax = settings.whole("limits.hello-bytes-max", 256, 65_536);
        if (helloBytesMax > frameBytesMax) {
            settings.problem(
                    "limits.hello-bytes-max", "must not be more than limits.frame-bytes-max = " + frameBytesMax);
        }
        int outboundBytesMax = shared.outboundBytesMax();
        long outboundTotalBytes = settings.bytes("limits.outbound-total-bytes");
        if (outboundTotalBytes != 0 && outboundTotalBytes < outboundBytesMax) {
            settings.problem(
                    "limits.outbound-total-bytes",
                    "must not be less than limits.outbound-bytes-max = " + outboundBytesMax + ", or 0");
        }
        return new NetSettings.Limits(
                frameBytesMax,
                helloBytesMax,
                settings.whole("limits.hello-seconds", 1, 60),
                shared.idleSeconds(),
                settings.whole("limits.frame-seconds", 1, 60),
                settings.whole("limits.frames-per-second", 1, 100_000),
                settings.whole("limits.connections-max", 1, 1_000_000),
                settings.whole("limits.connections-per-address-max", 1, 1_000_000),
                AddressBlock.list(settings, "limits.uncounted-addresses"),
                shared.outboundBytesMax(),
                settings.whole("limits.outbound-stalled-seconds", 1, 300),
                outboundTotalBytes);
    }
}
