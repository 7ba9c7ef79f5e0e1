package tavern.sim.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A safety of the store that is taken out, to see that the checker finds what follows. Servers have no switch for it: they run
 * with another text of one of their scripts, which stands before theirs on Java's class path.
 */
enum Sabotage {
    FENCE(
            "an owner that was replaced may still commit",
            "if newest ~= ARGV[4] or newest == '0' then",
            "if newest == '0' then"),

    DEDUPE("the same trade is carried out as often as it is asked for", "if known[1] then", "if false then"),

    /** What is left of an answer that went out before the commit, when the server was killed in between. */
    ACK(
            "one commit in twenty is answered, and never made",
            "local entry = legs ~= '' and added(",
            "if ARGV[4] ~= '' and not game and redis.call('TIME')[2] % 20 == 0 then\n  return reply\nend\n"
                    + "local entry = legs ~= '' and added(");

    private static final String SCRIPT = "tavern/server/store/redis/transact.lua";

    private final String words;
    private final String there;
    private final String instead;

    Sabotage(String words, String there, String instead) {
        this.words = words;
        this.there = there;
        this.instead = instead;
    }

    String words() {
        return words;
    }

    /** The script without the safety. @throws IllegalStateException when it is another one than this class knows */
    String spoil(String script) {
        int at = script.indexOf(there);
        if (at < 0 || script.indexOf(there, at + 1) >= 0) {
            throw new IllegalStateException(SCRIPT + " has changed; it must have once: " + there);
        }
        return script.replace(there, instead);
    }

    /**
     * Writes the spoilt script of the server's jar into a folder.
     *
     * @return the option with which Java finds it there
     */
    String prepare(Path serverJar, Path folder) throws IOException {
        try (ZipFile jar = new ZipFile(serverJar.toFile())) {
            ZipEntry entry = jar.getEntry(SCRIPT);
            if (entry == null) {
                throw new IOException(serverJar + " has no " + SCRIPT);
            }
            try (InputStream in = jar.getInputStream(entry)) {
                return prepare(new String(in.readAllBytes(), StandardCharsets.US_ASCII), folder);
            }
        }
    }

    String prepare(String script, Path folder) throws IOException {
        Path file = folder.resolve(SCRIPT);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, spoil(script), StandardCharsets.US_ASCII);
        return "-Xbootclasspath/a:" + folder;
    }
}
