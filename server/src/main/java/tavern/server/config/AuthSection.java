package tavern.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tavern.server.session.AuthSettings;
import tavern.server.session.JwtAlgorithm;
import tavern.server.session.PublicKeyFile;

/** The section {@code auth}. */
final class AuthSection {
    private static final int SECRET_BYTES_MIN = 32;

    private AuthSection() {}

    static AuthSettings read(SettingReader settings) {
        AuthSettings.Mode mode = settings.choice("auth.mode", AuthSettings.Mode.class);
        AuthSettings.Jwt jwt = jwt(settings);
        if (mode == AuthSettings.Mode.JWT) {
            checkKeys(settings, jwt);
        }
        int failuresMax = settings.whole("auth.failures-max", 1, 1_000_000);
        int failuresPerAddressMax = settings.whole("auth.failures-per-address-max", 1, 1_000_000);
        if (failuresPerAddressMax < failuresMax) {
            settings.problem(
                    "auth.failures-per-address-max", "must not be less than auth.failures-max = " + failuresMax);
        }
        return new AuthSettings(
                mode,
                jwt,
                failuresMax,
                failuresPerAddressMax,
                settings.whole("auth.failure-window-seconds", 1, 86_400));
    }

    private static AuthSettings.Jwt jwt(SettingReader settings) {
        return new AuthSettings.Jwt(
                algorithms(settings),
                textOrNull(settings, "auth.jwt.secret"),
                settings.path("auth.jwt.public-key"),
                textOrNull(settings, "auth.jwt.issuer"),
                textOrNull(settings, "auth.jwt.audience"),
                settings.whole("auth.jwt.clock-skew-seconds", 0, 30),
                settings.flag("auth.jwt.single-use"));
    }

    private static List<String> algorithms(SettingReader settings) {
        List<String> names = settings.texts("auth.jwt.algorithms");
        if (names.isEmpty() || !names.stream().allMatch(JwtAlgorithm::isName)) {
            settings.problem("auth.jwt.algorithms", "must be one or more of HS256, RS256 and EdDSA");
            return List.of();
        }
        return names;
    }

    private static @Nullable String textOrNull(SettingReader settings, String key) {
        String text = settings.text(key);
        return text.isEmpty() ? null : text;
    }

    private static void checkKeys(SettingReader settings, AuthSettings.Jwt jwt) {
        for (String name : jwt.algorithms()) {
            JwtAlgorithm algorithm = JwtAlgorithm.of(name);
            if (algorithm == JwtAlgorithm.HS256) {
                checkSecret(settings, jwt.secret());
            } else {
                checkPublicKey(settings, algorithm, jwt.publicKey());
            }
        }
    }

    private static void checkSecret(SettingReader settings, @Nullable String secret) {
        if (secret == null || secret.getBytes(StandardCharsets.UTF_8).length < SECRET_BYTES_MIN) {
            settings.problem("auth.jwt.secret", "HS256 needs a secret of at least 32 bytes");
        }
    }

    private static void checkPublicKey(SettingReader settings, JwtAlgorithm algorithm, @Nullable Path file) {
        if (file == null) {
            settings.problem("auth.jwt.public-key", algorithm + " needs a PEM file with its public key");
            return;
        }
        try {
            PublicKeyFile.read(file, algorithm);
        } catch (IOException e) {
            settings.problem(
                    "auth.jwt.public-key", "the file cannot be read; check that it exists and who may read it");
        } catch (GeneralSecurityException e) {
            settings.problem(
                    "auth.jwt.public-key", Objects.requireNonNullElse(e.getMessage(), "must hold a public key"));
        }
    }
}
