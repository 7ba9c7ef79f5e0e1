package tavern.server.games;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Int64Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Game;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Viewer;
import tavern.server.games.sample.EmptyModule;
import tavern.server.games.sample.FailingModule;
import tavern.server.games.sample.LoaderModule;
import tavern.server.games.sample.NosyModule;
import tavern.server.games.sample.PotGame;
import tavern.server.games.sample.PotModule;
import tavern.server.games.sample.UnreadyModule;
import tavern.server.room.RoomType;

final class GamesTest {
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path folder;

    @Test
    void aGameIsAsItsTypeSetsItUp() throws Exception {
        TestJar.pot().version("1.2").write(folder.resolve("pot.jar"));

        Games games = load(Map.of("small", type("pot"), "large", type("pot")));

        RoomType small = Objects.requireNonNull(games.find("small"));
        assertThat(small.name()).isEqualTo("small");
        assertThat(small.game().name()).isEqualTo("pot");
        assertThat(small.capacity()).isEqualTo(4);
        assertThat(small.clientsMayOpen()).isFalse();
        assertThat(small.settings()).isEqualTo(Map.of("pot", "7"));
        assertThat(games.find("pot")).isNull();
        assertThat(games.current().jars()).singleElement().satisfies(jar -> {
            assertThat(jar.file()).isEqualTo("pot.jar");
            assertThat(jar.version()).isEqualTo("1.2");
            assertThat(jar.loadedMillis()).isEqualTo(NOW);
            assertThat(games.current().typesOf(jar.games().get(0))).containsExactly("large", "small");
        });
    }

    @Test
    void aGameHasItsOwnClassesAndSharesTheApi() throws Exception {
        TestJar.pot().write(folder.resolve("pot.jar"));

        Object game = game(load(Map.of()));

        Class<?> own = game.getClass();
        assertThat(own.getName()).isEqualTo(PotGame.class.getName());
        assertThat(own).isNotEqualTo(PotGame.class);
        assertThat(own.getClassLoader().loadClass(Int64Value.class.getName())).isEqualTo(Int64Value.class);
        assertThat(catchThrowableOfType(
                        ClassNotFoundException.class,
                        () -> own.getClassLoader().loadClass("tavern.server.TavernServer")))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        ClassNotFoundException.class, () -> own.getClassLoader().loadClass("io.netty.buffer.ByteBuf")))
                .isNotNull();
    }

    @Test
    void aGameThatRunsDoesNotNeedItsFile() throws Exception {
        Path file = TestJar.pot().with("cards.txt", "seven of swords").write(folder.resolve("pot.jar"));
        Games games = load(Map.of());
        Files.write(file, new byte[100]);

        Object game = game(games);

        assertThat(view(game)).isEqualTo("old edition: 3");
        assertThat(game.getClass().getClassLoader().getResourceAsStream("cards.txt"))
                .hasContent("seven of swords");
        assertThat(game.getClass().getClassLoader().getResource("logback.xml")).isNull();
    }

    private static Object game(Games games) {
        Game<?, ?, ?> loaded = games.current().jars().get(0).games().get(0).game();
        return ((OwnLoaderGame<?, ?, ?>) loaded).game();
    }

    @Test
    void theThreadsClassLoaderIsTheJarsWhileItsGamesAreMade() throws Exception {
        TestJar.of(LoaderModule.class, PotModule.class, PotGame.class).write(folder.resolve("pot.jar"));

        Class<?> own = game(load(Map.of())).getClass();

        assertThat(own.getClassLoader()).isNotSameAs(PotGame.class.getClassLoader());
    }

    private static String view(Object game) throws ReflectiveOperationException {
        Viewer ann = new Viewer(new Player(new PlayerId(1), "ann"), false);
        Object view = game.getClass()
                .getMethod("view", Int64Value.class, Viewer.class)
                .invoke(game, Int64Value.of(3), ann);
        return (String) view.getClass().getMethod("getValue").invoke(view);
    }

    @Test
    void withoutAFolderThereAreNoGames() throws Exception {
        Files.createFile(folder.resolve("notes.txt"));

        assertThat(load(Map.of()).current().jars()).isEmpty();
        folder = folder.resolve("absent");
        assertThat(load(Map.of()).current().jars()).isEmpty();
        assertThat(problems(Map.of("small", type("pot"))))
                .containsExactly("games.types.small.game = pot: there is no such game; no jar in "
                        + folder.toAbsolutePath() + " has games");
    }

    @Test
    void aTypeWithoutItsGameIsToldWhatThereIs() throws Exception {
        TestJar.pot().write(folder.resolve("pot.jar"));

        assertThat(problems(Map.of("small", type("pott"))))
                .containsExactly("games.types.small.game = pott: there is no such game; there are pot");
    }

    @Test
    void twoGamesOfOneNameAreBothNamed() throws Exception {
        TestJar.pot().write(folder.resolve("new.jar"));
        TestJar.pot().write(folder.resolve("old.jar"));

        assertThat(problems(Map.of()))
                .singleElement()
                .asString()
                .contains("two games are named pot", "in new.jar and in old.jar", "remove one");
    }

    @Test
    void aGameMustNotHaveTheNameOfAMintOfTheServer() throws Exception {
        TestJar.pot().saying("pot", "ops").write(folder.resolve("own.jar"));

        assertThat(problems(Map.of()))
                .singleElement()
                .asString()
                .contains("the game ops in own.jar has the name of a mint of the server's own", "rename it");
    }

    @Test
    void allBrokenJarsAreToldAtOnceEachWithItsCauseAndCure() throws Exception {
        Files.write(folder.resolve("a.jar"), new byte[] {'P', 'K', 3, 4, 0});
        TestJar.pot().withoutServices().write(folder.resolve("b.jar"));
        TestJar.of(PotModule.class).write(folder.resolve("c.jar"));
        TestJar.pot().ofTheFuture().write(folder.resolve("d.jar"));
        TestJar.of(FailingModule.class).write(folder.resolve("e.jar"));
        TestJar.of(NosyModule.class).write(folder.resolve("f.jar"));
        TestJar.of(EmptyModule.class).write(folder.resolve("g.jar"));
        TestJar.pot().saying("view", "sight".substring(0, 4)).write(folder.resolve("h.jar"));
        TestJar.pot().saying(PotModule.class.getName(), PotGame.class.getName()).write(folder.resolve("i.jar"));
        Files.createDirectory(folder.resolve("j.jar"));
        TestJar.pot().apiVersion("newest").write(folder.resolve("k.jar"));
        TestJar.of(UnreadyModule.class, UnreadyModule.Deck.class).write(folder.resolve("l.jar"));
        Files.writeString(folder.resolve("m.jar"), "not a jar");
        Files.write(folder.resolve("n.jar"), new byte[0]);

        List<String> problems = problems(Map.of("small", type("pot")));

        assertThat(problems).hasSize(14);
        tells(problems.get(0), "a.jar", "is not a complete jar", "build or copy it again");
        tells(problems.get(1), "b.jar", "has no META-INF/services/tavern.game.GameModule");
        tells(problems.get(2), "c.jar", "PotGame", "has to be in the jar");
        tells(problems.get(3), "d.jar", "compiled for a newer Java", "maven.compiler.release = 17");
        tells(problems.get(4), "e.jar", "IllegalStateException: no cards left");
        tells(problems.get(5), "f.jar", "tavern/server/Version", "games see tavern.game");
        tells(problems.get(6), "g.jar", "has no games");
        tells(problems.get(7), "h.jar", "game pot has no method view", "build it with tavern-game");
        tells(problems.get(8), "i.jar", "PotGame not a subtype", "must name public classes");
        tells(problems.get(9), "j.jar", "cannot be read");
        tells(problems.get(10), "k.jar", "no version as Tavern-Api-Version", "\"newest\"", "leave it out");
        tells(problems.get(11), "l.jar", "IllegalStateException: a card is missing");
        tells(problems.get(12), "m.jar", "is not a complete jar");
        tells(problems.get(13), "n.jar", "is not a complete jar");
    }

    @Test
    void aGameThatWasBuiltWithANewerApiIsRefused() throws Exception {
        TestJar.pot().apiVersion("0.0.9").write(folder.resolve("pot.jar"));
        assertThat(load(Map.of()).current().jars()).hasSize(1);

        for (String old : List.of("", "0.9.2", "0.10.1")) {
            JarLoader.requireApi(old, "0.10.1");
        }
        JarLoader.requireApi("0.11.0", null);
        assertThatThrownBy(() -> JarLoader.requireApi("0.11.0", "0.10.1"))
                .hasMessage("was built with tavern-game 0.11.0, and this server has 0.10.1; build it with 0.10.1, or"
                        + " give it to a server that is as new");
    }

    private void tells(String problem, String jar, String... parts) {
        assertThat(problem)
                .startsWith(folder.resolve(jar) + " ")
                .contains(parts)
                .doesNotContain("\n");
    }

    private Games load(Map<String, GamesSettings.Type> types) throws BrokenGamesException {
        return Games.load(
                new GamesSettings(folder, new TreeMap<>(types), 0, new GamesSettings.Recordings(1, 1)),
                () -> Instant.ofEpochMilli(NOW));
    }

    private List<String> problems(Map<String, GamesSettings.Type> types) {
        return catchThrowableOfType(BrokenGamesException.class, () -> load(types))
                .problems();
    }

    private static GamesSettings.Type type(String game) {
        return new GamesSettings.Type(
                game,
                4,
                true,
                GamesSettings.Create.SERVER,
                true,
                30,
                true,
                true,
                false,
                0,
                1,
                new TreeMap<>(Map.of("pot", "7")),
                false,
                50);
    }
}
