package tavern.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import tavern.game.GameModule;

/** Packs a game of this program into a jar, as its developer would. */
public final class PackedGame {
    private PackedGame() {}

    /** @param module the class that names the game; packed with the class around it */
    public static void write(Path file, Class<? extends GameModule> module) throws IOException {
        Files.createDirectories(file.getParent());
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            add(jar, module);
            Class<?> around = module.getEnclosingClass();
            if (around != null) {
                add(jar, around);
            }
            jar.putNextEntry(new JarEntry("META-INF/services/" + GameModule.class.getName()));
            jar.write(module.getName().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void add(JarOutputStream jar, Class<?> type) throws IOException {
        String path = type.getName().replace('.', '/') + ".class";
        try (InputStream code = type.getClassLoader().getResourceAsStream(path)) {
            if (code == null) {
                throw new IOException("no " + path);
            }
            jar.putNextEntry(new JarEntry(path));
            code.transferTo(jar);
        }
    }
}
