package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.codec.Base16;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;

/** The scripts; each runs atomically, all or nothing. */
enum Script {
    TRANSACT("earlier", "game"),
    TURN("game"),
    DUE_ROOMS,
    LEADERBOARD,
    OUTCOME("earlier"),
    FORGET,
    OPEN_PLAYER,
    SANCTION,
    ACQUIRE("grant"),
    RENEW,
    RELEASE,
    CHAT,
    POSITIONS,
    AUDIT,
    LEDGER("sealing", "position"),
    SEGMENTS("sealing"),
    SEGMENT_PREPARE("sealing", "bucket"),
    SEGMENT_SEAL("sealing", "position"),
    SEGMENT_TIDY("sealing"),
    SEGMENT_REMOVE("sealing"),
    CHECKPOINTED("sealing", "bucket"),
    CHECKPOINT("sealing", "bucket"),
    HOLDINGS,
    FREEZE,
    OPERATOR("operators-version"),
    OPERATOR_KEYS("operators-version"),
    OPERATORS,
    SCHEMA,
    RIGHTS,
    PUBLISHED,
    NODE,
    NOW,
    FORGET_ROOMS,
    INDEX_ROOMS,
    ROOMS,
    ERASE_NAME,
    ERASE_CHAT,
    FINISH_ERASURE,
    ARRIVE,
    DEPART,
    MOVING_OFFER,
    MOVING_TAKE("grant"),
    MOVING_WITHDRAW,
    TAKE_OVER,
    DIRECTORY,
    PLACE,
    REALM_ORDER;

    private final byte[] text;
    private final byte[] digest;

    /** @param parts files that precede the script's own, besides the one that precedes every script */
    Script(String... parts) {
        StringBuilder whole = new StringBuilder(read("common"));
        for (String part : parts) {
            whole.append(read(part));
        }
        whole.append(read(name().toLowerCase(Locale.ROOT).replace('_', '-')));
        text = whole.toString().getBytes(US_ASCII);
        digest = Base16.digest(text).getBytes(US_ASCII);
    }

    /** Reads the text of this file. */
    static String read(String name) {
        try (InputStream file = Script.class.getResourceAsStream(name + ".lua")) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] text() {
        return text;
    }

    /** The digest by which Redis knows the script once it was loaded. */
    byte[] digest() {
        return digest;
    }
}
