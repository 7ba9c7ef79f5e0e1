package tavern.server.config;

import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.Names;
import tavern.server.games.GamesSettings;
import tavern.server.room.RoomSettings;

/** The section {@code games}. */
final class GamesSection {
    private GamesSection() {}

    static GamesSettings read(SettingReader settings, RoomSettings rooms) {
        // Bad defaults are reported even if there are no types.
        type("", settings.section(KnownKeys.TYPE_DEFAULTS), rooms);
        SortedMap<String, GamesSettings.Type> types = new TreeMap<>();
        settings.sections(KnownKeys.ROOM_TYPES, KnownKeys.TYPE_DEFAULTS).forEach((name, section) -> {
            if (!Names.isRoomName(name)) {
                section.problem(
                        "game",
                        "the name of a type is 1 to " + Names.ROOM_CHARACTERS_MAX
                                + " letters, digits, _ - or ., the first a letter or digit");
            }
            types.put(name, type(name, section, rooms));
        });
        long totalBytes = settings.bytes("games.recordings.total-bytes");
        long roomBytes = settings.bytes("games.recordings.room-bytes");
        if (roomBytes > totalBytes) {
            settings.problem(
                    "games.recordings.room-bytes",
                    "must not be more than games.recordings.total-bytes = " + totalBytes);
        }
        return new GamesSettings(
                settings.path("games.path"),
                types,
                settings.bytes("games.turns-total-bytes"),
                new GamesSettings.Recordings(roomBytes, totalBytes));
    }

    private static GamesSettings.Type type(String name, SettingReader section, RoomSettings rooms) {
        String game = section.text("game");
        return new GamesSettings.Type(
                game.isEmpty() ? name : game,
                capacity(section, rooms.capacity()),
                section.flag("spectators"),
                section.choice("create", GamesSettings.Create.class),
                section.flag("listed"),
                section.whole("idle-close-seconds", 0, 86_400),
                section.flag("chat"),
                section.flag("trades"),
                section.flag("moves"),
                section.whole("npcs", 0, 4_096),
                tickEvery(section, rooms.tickHz()),
                section.textsByName("settings"),
                section.flag("record"),
                section.whole("turn-millis-max", 1, 60_000));
    }

    private static int tickEvery(SettingReader section, int tickHz) {
        int wanted = section.whole("tick-hz", 0, 100);
        if (wanted == 0) {
            return 1;
        }
        if (tickHz % wanted != 0) {
            section.problem("tick-hz", "must divide room.tick-hz = " + tickHz);
        }
        return Math.max(1, tickHz / wanted);
    }

    private static int capacity(SettingReader section, int capacityMax) {
        int capacity = section.whole("capacity", 0, 10_000);
        if (capacity > capacityMax) {
            section.problem("capacity", "must not be more than room.capacity = " + capacityMax);
        }
        return capacity;
    }
}
