package tavern.server.ops;

import static tavern.server.operators.Right.SEE;
import static tavern.server.operators.Right.SERVERS;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tavern.game.GameType;
import tavern.server.games.GameJar;
import tavern.server.games.GameSet;
import tavern.server.games.Games;
import tavern.server.room.RoomType;

/** The games that are loaded, and loading them again. */
final class GameCommands {
    /** How long loading may take, and then all rooms. */
    private static final long RELOAD_MILLIS = 20_000;

    private final OpsServices services;
    private final Games games;
    private final TurnLoads turns;

    GameCommands(OpsServices services, TurnLoads turns) {
        this.services = services;
        this.games = services.games();
        this.turns = turns;
    }

    List<Route> routes(AuditedCommands audited, Field reason) {
        return List.of(
                Route.get(
                        "/api/v1/games",
                        SEE,
                        "The games that are loaded, and the turns of each type of rooms.",
                        List.of(),
                        call -> list()),
                Route.post(
                        "/api/v1/games/reload",
                        SERVERS,
                        "Loads the jars in games.path again; open rooms go on with what has changed. If anything is wrong,"
                                + " nothing changes.",
                        List.of(reason),
                        audited.order("reload-games", "", RELOAD_MILLIS, this::reload)));
    }

    /**
     * One game.
     *
     * @param version of the jar; empty if its manifest has none
     * @param loadedMillis when the jar was loaded, a date
     * @param rooms the open rooms of each type that has this game
     */
    record GameRow(String jar, String version, long loadedMillis, String game, SortedMap<String, Long> rooms) {}

    /**
     * One type of rooms.
     *
     * @param load null in the first second
     */
    record TypeRow(String type, String game, long rooms, boolean recorded, TurnLoads.@Nullable TypeLoad load) {}

    record GameRows(List<GameRow> games, List<TypeRow> types) {}

    private CompletionStage<GameRows> list() {
        GameSet set = games.current();
        Map<String, Long> open = services.rooms().all().stream()
                .collect(Collectors.groupingBy(room -> room.info().type(), Collectors.counting()));
        return CompletableFuture.completedFuture(new GameRows(
                set.jars().stream()
                        .flatMap(jar -> jar.games().stream().map(game -> row(set, jar, game, open)))
                        .toList(),
                set.types().values().stream().map(type -> row(type, open)).toList()));
    }

    private static GameRow row(GameSet set, GameJar jar, GameType<?, ?, ?> game, Map<String, Long> open) {
        SortedMap<String, Long> rooms = new TreeMap<>();
        set.typesOf(game).forEach(type -> rooms.put(type, open.getOrDefault(type, 0L)));
        return new GameRow(jar.file(), jar.version(), jar.loadedMillis(), game.name(), rooms);
    }

    private TypeRow row(RoomType type, Map<String, Long> open) {
        return new TypeRow(
                type.name(),
                type.game().name(),
                open.getOrDefault(type.name(), 0L),
                type.isRecorded(),
                turns.newest().get(type.name()));
    }

    private CompletionStage<PreparedCommand> reload(ApiRequest call) {
        return CompletableFuture.completedFuture(PreparedCommand.here("", () -> games.reload(services.rooms())));
    }
}
