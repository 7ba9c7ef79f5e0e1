package tavern.sim.games;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import tavern.client.bots.BotPlayers;

/** Makes jars that name bots. Their classes are those of the tests. */
public final class BotJars {
    private BotJars() {}

    public static Path counting(Path folder) throws IOException {
        return write(folder, CountingBots.class.getName());
    }

    /** Writes a jar that names these classes. */
    static Path write(Path folder, String... classes) throws IOException {
        Path jar = folder.resolve("game.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            if (classes.length > 0) {
                out.putNextEntry(new JarEntry("META-INF/services/" + BotPlayers.class.getName()));
                out.write(String.join("\n", classes).getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return jar;
    }
}
