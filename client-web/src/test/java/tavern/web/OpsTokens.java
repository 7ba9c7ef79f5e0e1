package tavern.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tokens that servers with an operators' interface write into a file. */
final class OpsTokens {
    private OpsTokens() {}

    /** @param folder of the realm's servers */
    static String admin(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("ops-tokens")).stream()
                .filter(line -> line.startsWith("admin "))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElseThrow();
    }
}
