package tavern.server.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens by which operators are known. Only their hashes are kept in memory, and all of them are compared every
 * time, so that neither a dump nor a clock tells a token.
 */
final class Tokens {
    private static final Logger log = LoggerFactory.getLogger(Tokens.class);
    private static final int TOKEN_BYTES = 32;
    private static final int TOKEN_CHARACTERS_MIN = 32;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    @SuppressWarnings("ArrayRecordComponent")
    private record Known(byte[] hash, Operator operator) {}

    private final List<Known> known;

    private Tokens(List<Known> known) {
        this.known = known;
    }

    /** @throws IOException when the file cannot be read, written or understood; the message names the cure */
    static Tokens open(Path file) throws IOException {
        if (Files.notExists(file)) {
            create(file);
        }
        requireOwnerOnly(file);
        List<Known> known = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String line : Files.readAllLines(file, UTF_8)) {
            number++;
            String text = line.replaceFirst("#.*", "").strip();
            if (!text.isEmpty()) {
                Known token = parse(file, number, text);
                if (!names.add(token.operator().name())) {
                    throw new IOException(file + " line " + number + ": the name is used before");
                }
                known.add(token);
            }
        }
        if (known.isEmpty()) {
            throw new IOException(file + " holds no token; remove the file, and the next start makes it anew");
        }
        return new Tokens(known);
    }

    private static Known parse(Path file, int number, String text) throws IOException {
        String[] words = text.split("\\s+", -1);
        for (Role role : Role.values()) {
            // The line itself is not quoted: it holds a secret.
            if (words.length == 3 && role.toString().equals(words[0]) && words[1].length() >= TOKEN_CHARACTERS_MIN) {
                return new Known(hash(words[1]), new Operator(role, words[2]));
            }
        }
        throw new IOException(
                file + " line " + number + ": must be viewer, moderator or admin, then a token of at least "
                        + TOKEN_CHARACTERS_MIN + " characters, then a name");
    }

    private static void create(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder("# Who may use the ops API: role, token, name for the audit log.\n");
        for (Role role : Role.values()) {
            byte[] token = new byte[TOKEN_BYTES];
            random.nextBytes(token);
            text.append(String.format(
                    Locale.ROOT,
                    "%s %s %s%n",
                    role,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(token),
                    role));
        }
        // Nobody may read it in the moment between its making and its closing to others.
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " was made by somebody else just now; start again", e);
        }
        Files.writeString(file, text, UTF_8, StandardOpenOption.WRITE);
        log.info("operators' tokens are in {}", file);
    }

    private static void requireOwnerOnly(Path file) throws IOException {
        if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            throw new IOException(file + " can be read by others than its owner; chmod 600 it, and replace its tokens");
        }
    }

    /** Whose token it is; null: nobody's. */
    @Nullable
    Operator find(String token) {
        byte[] hash = hash(token);
        Operator found = null;
        for (Known candidate : known) {
            if (MessageDigest.isEqual(candidate.hash(), hash)) {
                found = candidate.operator();
            }
        }
        return found;
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
