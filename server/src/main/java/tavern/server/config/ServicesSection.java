package tavern.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import tavern.server.cluster.ClusterSettings;
import tavern.server.feed.FeedSettings;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.StoreSettings;
import tavern.server.store.UpkeepSettings;

/** The sections of what the server depends on: the store, the feed, other nodes. */
final class ServicesSection {
    private static final int VERSION_CHARACTERS_MAX = 64;

    private ServicesSection() {}

    static StoreSettings store(SettingReader settings, SharedLimits shared) {
        if (settings.text("store.path").isBlank()) {
            settings.problem("store.path", "must name a folder");
        }
        return new StoreSettings(
                settings.choice("store.kind", StoreSettings.Kind.class),
                Objects.requireNonNullElse(settings.path("store.path"), Path.of("data")),
                settings.whole("store.operations-in-flight-max", 1, 1_000_000),
                settings.whole("store.outbox-rows-max", 1, 1_000_000_000),
                settings.bytes("store.outbox-bytes-max"),
                shared.outcomesKeptDays(),
                new StoreSettings.Redis(
                        uri(settings, "store.redis.uri", Set.of("redis", "rediss")),
                        settings.flag("store.redis.allow-volatile"),
                        settings.whole("store.redis.command-timeout-millis", 10, 60_000),
                        settings.whole("store.redis.wait-replicas", 0, 10)));
    }

    static UpkeepSettings upkeep(SettingReader settings, StoreSettings store) {
        Path backups = settings.path("store.backup-path");
        return new UpkeepSettings(
                settings.whole("room.kept-days", 0, 36_500),
                settings.whole("store.backup-mb-per-second", 0, 100_000) * 1_000_000L,
                backups == null
                        ? null
                        : store.path().resolve(backups).toAbsolutePath().normalize(),
                archive(settings, store));
    }

    private static ArchiveSettings archive(SettingReader settings, StoreSettings store) {
        Path archive = settings.path("store.archive.path");
        // Servers that share a Redis have to share the folder too: one beside each of them would be a part of the
        // chain.
        boolean isShared = store.kind() == StoreSettings.Kind.EMBEDDED || (archive != null && archive.isAbsolute());
        return new ArchiveSettings(
                archive == null || !isShared
                        ? null
                        : store.path().resolve(archive).toAbsolutePath().normalize(),
                settings.whole("store.archive.segment-entries", 1, 1_000_000),
                settings.whole("store.archive.segment-hours", 1, 8_760),
                settings.whole("store.ledger-kept-days", 0, 36_500));
    }

    static FeedSettings feed(SettingReader settings) {
        return new FeedSettings(
                settings.choice("feed.kind", FeedSettings.Kind.class),
                new FeedSettings.RabbitMq(
                        uri(settings, "feed.rabbitmq.uri", Set.of("amqp", "amqps")),
                        settings.flag("feed.rabbitmq.ledger-queue"),
                        settings.whole("feed.rabbitmq.in-flight-max", 1, 100_000),
                        settings.whole("feed.rabbitmq.confirm-timeout-seconds", 1, 600)));
    }

    static ClusterSettings cluster(SettingReader settings) {
        boolean enabled = settings.flag("cluster.enabled");
        if (enabled && settings.text("store.kind").equals("embedded")) {
            settings.problem("cluster.enabled", "needs a store that servers can share; set store.kind = redis");
        }
        int leaseMillis = settings.whole("cluster.lease-millis", 2_000, 300_000);
        return new ClusterSettings(
                enabled,
                leaseMillis,
                settings.text("cluster.advertised-host"),
                settings.whole("cluster.advertised-port", 0, 65_535),
                settings.whole("cluster.placement-margin-percent", 0, 1_000) * 10,
                settings.whole("cluster.directory-rooms-max", 1_000, 10_000_000),
                settings.whole("cluster.handovers-per-second", 1, 100_000),
                version(settings));
    }

    private static String version(SettingReader settings) {
        String version = settings.text("node.version");
        if (version.length() > VERSION_CHARACTERS_MAX) {
            settings.problem("node.version", "must have " + VERSION_CHARACTERS_MAX + " characters at most");
        }
        return version;
    }

    static String uri(SettingReader settings, String key, Set<String> schemes) {
        String text = settings.text(key);
        String cure = "must be a URI that begins with "
                + String.join(":// or ", schemes.stream().sorted().toList()) + "://";
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null || !schemes.contains(uri.getScheme()) || uri.getHost() == null) {
                settings.problem(key, cure + " and names a host");
            }
        } catch (URISyntaxException e) {
            settings.problem(key, cure + "; special characters of a password are written as %40 and the like");
        }
        return text;
    }
}
