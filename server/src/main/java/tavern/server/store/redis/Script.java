package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;

/** The scripts; each runs as one, all or nothing. */
enum Script {
    SETTLE,
    OPEN_PLAYER,
    GRANT,
    SANCTION,
    ACQUIRE,
    RENEW,
    RELEASE,
    CHAT,
    POSITIONS,
    AUDIT,
    LEDGER,
    HOLDINGS,
    FREEZE,
    RIGHTS;

    private final byte[] text;
    private final String digest;

    Script() {
        text = (read("common") + read(name().toLowerCase(Locale.ROOT).replace('_', '-'))).getBytes(US_ASCII);
        digest = Base16.digest(text);
    }

    private static String read(String name) {
        try (InputStream file = Script.class.getResourceAsStream(name + ".lua")) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] text() {
        return text;
    }

    /** By which Redis knows the script once it was loaded. */
    String digest() {
        return digest;
    }
}
