package tavern.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks of files that settings name. */
final class PemFiles {
    private PemFiles() {}

    /** Whether it can be read and holds a PEM block of this kind; if not, a problem was reported. */
    static boolean isPem(SettingReader settings, String key, String file, String kind) {
        try {
            String text = Files.readString(Path.of(file), StandardCharsets.US_ASCII);
            if (text.contains("-----BEGIN ") && text.contains(kind + "-----")) {
                return true;
            }
            settings.problem(key, "must be a PEM file with a " + kind);
        } catch (IOException | IllegalArgumentException e) {
            settings.problem(key, "the file cannot be read; check that it exists and who may read it");
        }
        return false;
    }
}
