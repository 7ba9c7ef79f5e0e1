package tavern.sim.games;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
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
            List<BotPlayers> found = new ArrayList<>();
            ServiceLoader.load(BotPlayers.class, classes).forEach(found::add);
            return new BotJar(classes, choose(jar, game, found));
        } catch (ServiceConfigurationError | LinkageError e) {
            classes.close();
            throw new IOException("the bots in " + jar + " cannot be loaded: " + e.getMessage(), e);
        } catch (IOException e) {
            classes.close();
            throw e;
        }
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
