package tavern.server.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.server.tls.PemPair;
import tavern.server.tls.RefusedCertificateException;
import tavern.server.tls.ServerCertificate;

/** The {@code tls} part of a section. */
final class TlsSection {
    private TlsSection() {}

    /** Null when neither file is set, or when a problem was reported. */
    static @Nullable PemPair read(SettingReader settings, String section) {
        String certificateKey = section + ".cert";
        String keyKey = section + ".key";
        boolean hasCertificate = !settings.text(certificateKey).isEmpty();
        boolean hasKey = !settings.text(keyKey).isEmpty();
        if (hasCertificate != hasKey) {
            settings.problem(
                    hasCertificate ? certificateKey : keyKey,
                    "TLS needs both; set " + (hasCertificate ? keyKey : certificateKey) + " too, or neither");
            return null;
        }
        Path certificate = settings.path(certificateKey);
        Path key = settings.path(keyKey);
        if (certificate == null || key == null) {
            return null;
        }
        PemPair files = new PemPair(section, certificate, key);
        // The validity period is checked when the server starts, with its clock.
        List<RefusedCertificateException> problems = ServerCertificate.problems(files);
        problems.forEach(problem -> settings.problem(problem.key(), problem.cure()));
        return problems.isEmpty() ? files : null;
    }
}
