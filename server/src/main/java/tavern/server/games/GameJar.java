package tavern.server.games;

import java.nio.file.Path;
import java.util.List;
import tavern.game.GameType;

/**
 * A jar that is loaded.
 *
 * @param file its name, without the folder
 * @param version from its manifest; empty if that has none
 * @param fingerprint of its contents: equal only for equal jars
 * @param loadedMillis when it was loaded, a date
 */
public record GameJar(
        String file, String version, String fingerprint, long loadedMillis, List<GameType<?, ?, ?>> games) {
    public GameJar {
        games = List.copyOf(games);
    }

    /** Loads one jar, and runs code of its games. @throws BrokenGamesException when it cannot be used */
    public static GameJar load(Path file, long nowMillis) throws BrokenGamesException {
        try {
            return JarLoader.load(String.valueOf(file.getFileName()), JarLoader.read(file), nowMillis);
        } catch (JarLoader.UnusableJarException e) {
            throw new BrokenGamesException(List.of(file + " " + e.text()));
        }
    }
}
