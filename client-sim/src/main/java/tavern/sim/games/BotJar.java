package tavern.sim.games;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import tavern.client.bots.BotPlayers;

/** A game's jar with its bots. Their classes can be used until it is closed. */
public final class BotJar implements AutoCloseable {
    private final URLClassLoader classes;
    private final BotPlayers players;

    private BotJar(URLClassLoader classes, BotPlayers players) {
        this.classes = classes;
        this.players = players;
    }

    /**
     * Loads the jar's bots: the only ones, or those of the given game if there are several.
     *
     * @throws IOException when there are none, or the jar cannot be loaded; the message is for people
     */
    public static BotJar open(Path jar, String game) throws IOException {
        URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()}, BotJar.class.getClassLoader());
        try {
            Set<String> own = services(classes);
            List<BotPlayers> found = ServiceLoader.load(BotPlayers.class, classes).stream()
                    .filter(service -> own.contains(service.type().getName()))
                    .map(ServiceLoader.Provider::get)
                    .toList();
            return new BotJar(classes, choose(jar, game, found));
        } catch (ServiceConfigurationError | LinkageError e) {
            classes.close();
            throw new IOException("the bots in " + jar + " cannot be loaded: " + e.getMessage(), e);
        } catch (IOException e) {
            classes.close();
            throw e;
        }
    }

    /** What the jar itself names: there may be other bots in the class path. */
    private static Set<String> services(URLClassLoader classes) throws IOException {
        Set<String> names = new HashSet<>();
        URL file = classes.findResource("META-INF/services/" + BotPlayers.class.getName());
        if (file != null) {
            URLConnection connection = file.openConnection();
            connection.setUseCaches(false); // or the jar would stay open
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
                lines.lines().map(line -> line.replaceFirst("#.*", "").strip()).forEach(names::add);
            }
        }
        return names;
    }

    private static BotPlayers choose(Path jar, String game, List<BotPlayers> found) throws IOException {
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            throw new IOException("no bots in " + jar + ": META-INF/services/" + BotPlayers.class.getName()
                    + " has to name their class");
        }
        Optional<BotPlayers> named =
                found.stream().filter(each -> each.game().equals(game)).findFirst();
        if (named.isEmpty()) {
            throw new IOException(jar + " has bots of several games: "
                    + String.join(", ", found.stream().map(BotPlayers::game).toList()) + "; none is called " + game);
        }
        return named.get();
    }

    public BotPlayers players() {
        return players;
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
