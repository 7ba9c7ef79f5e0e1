package tavern.server.games;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.room.RoomType;
import tavern.server.room.RoomTypes;
import tavern.server.room.Rooms;

/** The games of this server, and its types of rooms. Safe on any thread. */
public final class Games implements RoomTypes {
    private static final Logger log = LoggerFactory.getLogger(Games.class);

    private final GamesSettings settings;
    private final InstantSource clock;
    private final AtomicBoolean isReloading = new AtomicBoolean();
    private volatile GameSet current;

    private Games(GamesSettings settings, InstantSource clock, GameSet first) {
        this.settings = settings;
        this.clock = clock;
        this.current = first;
    }

    /** Loads all games. Blocks, and runs their code. @throws BrokenGamesException with all problems at once */
    public static Games load(GamesSettings settings, InstantSource clock) throws BrokenGamesException {
        GameSet set = read(settings, List.of(), clock);
        set.jars().forEach(jar -> log.info("loaded {}", describe(jar, set)));
        return new Games(settings, clock, set);
    }

    private static String describe(GameJar jar, GameSet set) {
        String games = jar.games().stream()
                .map(game -> game.name() + " (" + types(set.typesOf(game)) + ")")
                .collect(Collectors.joining(", "));
        return jar.file() + (jar.version().isEmpty() ? "" : " " + jar.version()) + ": " + games;
    }

    private static String types(List<String> types) {
        return types.isEmpty() ? "no type of rooms in games.types" : "rooms: " + String.join(", ", types);
    }

    /** @param before jars that are kept if they have not changed, so that their rooms go on undisturbed */
    private static GameSet read(GamesSettings settings, List<GameJar> before, InstantSource clock)
            throws BrokenGamesException {
        List<String> problems = new ArrayList<>();
        Map<String, GameJar> known = before.stream().collect(Collectors.toMap(GameJar::file, Function.identity()));
        List<GameJar> jars = new ArrayList<>();
        for (Path file : files(settings.folder(), problems)) {
            String name = file.getFileName().toString();
            try {
                JarContents contents = JarLoader.read(file);
                GameJar same = known.get(name);
                jars.add(
                        same != null && same.fingerprint().equals(contents.fingerprint())
                                ? same
                                : JarLoader.load(name, contents, clock.millis()));
            } catch (JarLoader.UnusableJarException e) {
                problems.add(file + " " + e.text());
            }
        }
        if (problems.isEmpty()) {
            // Not with broken jars: their types would seem to have no game.
            GameSet set = GameSet.of(settings, jars, problems);
            if (problems.isEmpty()) {
                return set;
            }
        }
        throw new BrokenGamesException(problems);
    }

    private static List<Path> files(@Nullable Path folder, List<String> problems) {
        if (folder == null || !Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            problems.add("games.path = " + folder + ": is not a folder that can be read (" + e + ")");
            return List.of();
        }
    }

    /**
     * Loads the jars again, and lets open rooms go on with what has changed; jars that have not stay as they are. Blocks while
     * it loads, and runs code of the games.
     *
     * @return what has changed, in words; fails with {@link IllegalArgumentException} when nothing has, and why
     */
    public CompletionStage<String> reload(Rooms rooms) {
        if (!isReloading.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("games are being reloaded already; see what comes of that"));
        }
        CompletionStage<String> done;
        try {
            done = reread(rooms);
        } catch (BrokenGamesException e) {
            done = CompletableFuture.failedFuture(
                    new IllegalArgumentException("nothing was changed: " + e.getMessage(), e));
        } catch (Throwable e) {
            isReloading.set(false);
            throw e;
        }
        return done.whenComplete((text, failure) -> isReloading.set(false));
    }

    private CompletionStage<String> reread(Rooms rooms) throws BrokenGamesException {
        GameSet before = current;
        GameSet next = read(settings, before.jars(), clock);
        return rooms.useGames(next.changedSince(before), () -> current = next)
                .thenApply(count -> done(before, next, count));
    }

    private static String done(GameSet before, GameSet next, int rooms) {
        List<String> changes = new ArrayList<>();
        next.jars().stream()
                .filter(jar -> !before.jars().contains(jar))
                .forEach(jar -> changes.add("loaded " + describe(jar, next)));
        Set<String> files = next.jars().stream().map(GameJar::file).collect(Collectors.toSet());
        before.jars().stream()
                .filter(jar -> !files.contains(jar.file()))
                .forEach(jar -> changes.add("removed " + jar.file()));
        changes.forEach(log::info);
        return changes.isEmpty()
                ? "no jar has changed"
                : String.join("; ", changes) + "; " + rooms + " open rooms go on with what is new";
    }

    /** What is loaded now. */
    public GameSet current() {
        return current;
    }

    @Override
    public @Nullable RoomType find(String name) {
        return current.types().get(name);
    }
}
