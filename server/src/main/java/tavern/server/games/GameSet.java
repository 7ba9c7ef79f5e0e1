package tavern.server.games;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.GameType;
import tavern.game.Mint;
import tavern.server.room.RoomType;

/** The games that are loaded at one time, and the types of rooms that are made of them. */
public record GameSet(List<GameJar> jars, SortedMap<String, RoomType> types) {
    /** Mints that games must not have as theirs. */
    private static final Set<Mint> RESERVED = Set.of(Mint.STARTER, Mint.OPS);

    public GameSet {
        jars = List.copyOf(jars);
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }

    /** @param problems to which is added what does not fit together */
    static GameSet of(GamesSettings settings, List<GameJar> jars, List<String> problems) {
        SortedMap<String, GameType<?, ?, ?>> games = games(jars, problems);
        SortedMap<String, RoomType> types = new TreeMap<>();
        settings.types().forEach((name, type) -> {
            GameType<?, ?, ?> game = games.get(type.game());
            if (game == null) {
                problems.add("games.types." + name + ".game = " + type.game() + ": there is no such game; "
                        + whatThereIs(settings, games));
            } else {
                types.put(name, type(name, game, type));
            }
        });
        return new GameSet(jars, types);
    }

    private static SortedMap<String, GameType<?, ?, ?>> games(List<GameJar> jars, List<String> problems) {
        SortedMap<String, GameType<?, ?, ?>> games = new TreeMap<>();
        Map<String, String> files = new TreeMap<>();
        for (GameJar jar : jars) {
            for (GameType<?, ?, ?> game : jar.games()) {
                if (RESERVED.contains(new Mint(game.name()))) {
                    problems.add("the game " + game.name() + " in " + jar.file()
                            + " has the name of a mint of the server's own,"
                            + " so that their goods could not be told apart; rename it");
                    continue;
                }
                String earlier = files.putIfAbsent(game.name(), jar.file());
                if (earlier == null) {
                    games.put(game.name(), game);
                } else {
                    problems.add("two games are named " + game.name() + ", in " + earlier + " and in " + jar.file()
                            + "; remove one of them, or rename it");
                }
            }
        }
        return games;
    }

    private static String whatThereIs(GamesSettings settings, SortedMap<String, GameType<?, ?, ?>> games) {
        if (games.isEmpty()) {
            return settings.folder() == null
                    ? "games.path is empty"
                    : "no jar in " + settings.folder().toAbsolutePath() + " has games";
        }
        return "there are " + String.join(", ", games.keySet());
    }

    private static RoomType type(String name, GameType<?, ?, ?> game, GamesSettings.Type type) {
        return new RoomType(
                name,
                game,
                type.capacity(),
                type.spectators(),
                type.listed(),
                type.idleCloseSeconds(),
                type.settings(),
                type.chat(),
                type.trades(),
                type.moves(),
                type.npcs(),
                type.tickEvery(),
                type.create() == GamesSettings.Create.CLIENT,
                type.isRecorded(),
                type.turnMillisMax());
    }

    /** The games that are others than before, by the names of their types. */
    Map<String, GameType<?, ?, ?>> changedSince(GameSet before) {
        Map<String, GameType<?, ?, ?>> changed = new TreeMap<>();
        types.forEach((name, type) -> {
            RoomType earlier = before.types().get(name);
            if (earlier == null || earlier.game() != type.game()) {
                changed.put(name, type.game());
            }
        });
        return changed;
    }

    /** The names of the types that have a game, in order. */
    public List<String> typesOf(GameType<?, ?, ?> game) {
        List<String> names = new ArrayList<>();
        types.forEach((name, type) -> {
            if (type.game() == game) {
                names.add(name);
            }
        });
        return names;
    }
}
