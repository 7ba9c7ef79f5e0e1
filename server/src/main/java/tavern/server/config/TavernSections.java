package tavern.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import tavern.protocol.Protocol;
import tavern.server.game.GameSettings;
import tavern.server.game.GameTime;
import tavern.server.net.NetSettings;
import tavern.server.room.RoomSettings;
import tavern.server.store.StoreSettings;

/** Reads the whole tree; the larger branches have classes of their own. */
final class TavernSections {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    /** A room divided into cells has two words for each cell. */
    private static final int CELLS_MAX = 65_536;

    private TavernSections() {}

    static TavernConfig read(SettingReader settings) {
        SharedLimits shared = SharedLimits.read(settings);
        NetSettings net = NetSection.read(settings, shared);
        GameSettings game = PlaySection.game(settings, shared);
        RoomSettings rooms = room(settings, shared, game);
        StoreSettings store = ServicesSection.store(settings, shared);
        String realm = realm(settings);
        return new TavernConfig(
                realm,
                nodeId(settings, net.port()),
                net,
                AuthSection.read(settings),
                PlaySection.sessions(settings, shared),
                rooms,
                game,
                GamesSection.read(settings, rooms),
                CalledServices.read(settings),
                store,
                ServicesSection.upkeep(settings, store),
                ServicesSection.feed(settings),
                ServicesSection.cluster(settings),
                OpsSection.read(settings, realm, store),
                AgonesSection.read(settings),
                TraceSection.read(settings),
                settings.inForce());
    }

    private static String realm(SettingReader settings) {
        String realm = settings.text("realm");
        if (!NAME.matcher(realm).matches()) {
            settings.problem("realm", "must be 1 to 32 letters, digits, _ or -");
        }
        return realm;
    }

    private static String nodeId(SettingReader settings, int port) {
        String id = settings.text("node.id");
        if (id.isEmpty()) {
            return nodeId(hostName(), port);
        }
        if (!NAME.matcher(id).matches()) {
            settings.problem("node.id", "must be 1 to 32 letters, digits, _ or -, or empty for host name and port");
        }
        return id;
    }

    static String nodeId(String hostName, int port) {
        String suffix = "-" + port;
        String host = hostName.replaceAll("[^A-Za-z0-9_-]", "-");
        return host.substring(0, Math.min(host.length(), 32 - suffix.length())) + suffix;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A host whose own name does not resolve can still run a server.
            return "tavern";
        }
    }

    private static RoomSettings room(SettingReader settings, SharedLimits shared, GameSettings game) {
        return new RoomSettings(
                settings.whole("room.capacity", 1, 10_000),
                settings.whole("room.tick-hz", 1, 100),
                PlaySection.rate(settings, "moves"),
                settings.whole("room.mailbox-capacity", 16, 1_000_000),
                settings.whole("room.idle-close-seconds", 0, 86_400),
                settings.whole("room.replay-events-max", 0, 1_000_000),
                // A half-open connection is noticed only after a while, and its session starts to wait at that time.
                shared.resumeSeconds() + shared.idleSeconds(),
                shared.resumeSeconds(),
                // The other half is for the full state, and for events that come meanwhile.
                shared.outboundBytesMax() / 2,
                settings.whole("room.chat-history", 0, 1_000),
                settings.whole("room.chat-flush-millis", 1, 60_000),
                settings.whole("room.position-flush-millis", 10, 600_000),
                settings.whole("limits.rooms-max", 1, 1_000_000),
                settings.whole("limits.rooms-per-player-max", 1, 1_000_000),
                settings.whole("limits.rooms-per-address-max", 1, 1_000_000),
                settings.whole("room.threads", 0, 256),
                interest(settings, game),
                slowestPermille(settings));
    }

    private static int slowestPermille(SettingReader settings) {
        double min = settings.decimal("room.dilation.min", 0.1, 1);
        return (int) Math.round(min * GameTime.FULL);
    }

    private static RoomSettings.Interest interest(SettingReader settings, GameSettings game) {
        String key = "room.interest.cell-size";
        int cellSize = settings.whole(key, 1, 100_000) * Protocol.STEPS_PER_UNIT;
        long cells = RoomSettings.Interest.cells(game.mapWidth(), game.mapHeight(), cellSize);
        if (cells > CELLS_MAX) {
            settings.problem(
                    key, "cuts the map into " + cells + " cells, and " + CELLS_MAX + " are the most; make it larger");
        }
        return new RoomSettings.Interest(settings.whole("room.interest.from-capacity", 1, 1_000_000), cellSize);
    }
}
