package tavern.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tavern.server.operators.OperatorSettings;
import tavern.server.operators.Right;
import tavern.server.operators.Roles;
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
                operators(settings),
                settings.whole("ops.loop-silent-seconds", 2, 3_600));
    }

    private static OperatorSettings operators(SettingReader settings) {
        int idleMinutes = settings.whole("ops.session-idle-minutes", 5, 1_440);
        return new OperatorSettings(
                roles(settings),
                idleMinutes,
                settings.whole("ops.session-hours-max", 1, 720),
                settings.whole("ops.password-iterations", 100_000, 10_000_000));
    }

    private static Roles roles(SettingReader settings) {
        SortedMap<String, Set<Right>> roles = new TreeMap<>();
        settings.textListsByName(KnownKeys.ROLES).forEach((name, rights) -> {
            String key = KnownKeys.ROLES + "." + name;
            if (!name.matches("[a-z0-9][a-z0-9-]{0,31}") || Roles.BUILT_IN.contains(name)) {
                settings.problem(key, "must be named in a-z, 0-9 and -, and not viewer, moderator or admin");
                return;
            }
            Set<Right> known = EnumSet.noneOf(Right.class);
            for (String right : rights) {
                Right.of(right)
                        .ifPresentOrElse(known::add, () -> settings.problem(key, "must be a list of rights: " + all()));
            }
            roles.put(name, known);
        });
        return Roles.with(roles);
    }

    private static String all() {
        return Arrays.stream(Right.values()).map(Right::toString).collect(Collectors.joining(", "));
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
