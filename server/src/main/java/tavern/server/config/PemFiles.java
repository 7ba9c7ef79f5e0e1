package tavern.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks of files that settings name. */
final class PemFiles {
    private PemFiles() {}

    /** What TLS takes. */
    record Pair(Path certificate, Path key) {}

    /** Both files; null when neither is set, or when a problem was reported. */
    static @Nullable Pair pair(SettingReader settings, String certificateKey, String keyKey) {
        String certificate = settings.text(certificateKey);
        String key = settings.text(keyKey);
        if (certificate.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            boolean noKey = key.isEmpty();
            settings.problem(
                    noKey ? certificateKey : keyKey,
                    "TLS needs both; set " + (noKey ? keyKey : certificateKey) + " too, or neither");
            return null;
        }
        // Both are looked at, so that both problems are told.
        boolean certificateFits = isPem(settings, certificateKey, certificate, "CERTIFICATE");
        boolean keyFits = isPem(settings, keyKey, key, "PRIVATE KEY");
        return certificateFits && keyFits ? new Pair(Path.of(certificate), Path.of(key)) : null;
    }

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
