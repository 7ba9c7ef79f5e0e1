package tavern.server.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.operators.Roles;
import tavern.server.time.MonotonicClock;

/**
 * The operators' tokens. Only their hashes are kept in memory, and each check compares all of them, so that neither a
 * memory dump nor timing reveals a token. A changed file is read again at the next request, at most once a second. A
 * file that cannot be used changes nothing. Safe on any thread.
 */
final class OperatorTokens {
    private static final Logger log = LoggerFactory.getLogger(OperatorTokens.class);
    private static final int TOKEN_BYTES = 32;
    private static final int TOKEN_CHARACTERS_MIN = 32;
    private static final long LOOK_MILLIS = 1_000;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    @SuppressWarnings("ArrayRecordComponent")
    private record Known(byte[] hash, Operator operator) {}

    /** A rewritten file differs in one of these attributes, whatever its modification time says. */
    private static final String STAMP = "unix:lastModifiedTime,ctime,size,ino,permissions";

    private final Path file;
    private final Roles roles;
    private final MonotonicClock clock;
    private final AtomicLong lookAgainMillis = new AtomicLong();
    private Map<String, Object> stamp;
    private volatile List<Known> known;
    private volatile @Nullable String problem;

    private OperatorTokens(Path file, Roles roles, MonotonicClock clock) throws IOException {
        this.file = file;
        this.roles = roles;
        this.clock = clock;
        stamp = Files.readAttributes(file, STAMP);
        known = read(file, roles);
    }

    /**
     * Reads the file, or creates it if it does not exist.
     *
     * @throws IOException when the file cannot be read, written or understood; the message names the cure
     */
    static OperatorTokens open(Path file, Roles roles, MonotonicClock clock) throws IOException {
        if (Files.notExists(file)) {
            create(file);
        }
        return new OperatorTokens(file, roles, clock);
    }

    private static List<Known> read(Path file, Roles roles) throws IOException {
        requireOwnerOnly(file);
        List<Known> known = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String line : Files.readAllLines(file, UTF_8)) {
            number++;
            String text = line.replaceFirst("#.*", "").strip();
            if (!text.isEmpty()) {
                Known token = parse(file, roles, number, text);
                if (!names.add(token.operator().name())) {
                    throw new IOException(file + " line " + number + ": the name is used before");
                }
                known.add(token);
            }
        }
        if (known.isEmpty()) {
            throw new IOException(file + " contains no token; remove the file, and the next start creates it again");
        }
        return List.copyOf(known);
    }

    /** Reads the file again if it has changed, unless that was checked a moment ago. */
    void refresh() {
        long now = clock.millis();
        long due = lookAgainMillis.get();
        if (now >= due && lookAgainMillis.compareAndSet(due, now + LOOK_MILLIS)) {
            look();
        }
    }

    private synchronized void look() {
        Map<String, Object> found;
        try {
            found = Files.readAttributes(file, STAMP);
        } catch (IOException e) {
            stamp = Map.of();
            failed(file + " cannot be read: " + e);
            return;
        }
        if (found.equals(stamp)) {
            return;
        }
        try {
            List<Known> fresh = read(file, roles);
            log.info("operators' tokens were read again from {}: {} tokens", file, fresh.size());
            known = fresh;
            problem = null;
        } catch (IOException e) {
            failed(e instanceof CharacterCodingException ? file + " is not UTF-8" : String.valueOf(e.getMessage()));
        }
        stamp = found;
    }

    private void failed(String what) {
        if (!what.equals(problem)) {
            log.error("{}; the previous tokens stay valid until the file is corrected", what);
        }
        problem = what;
    }

    /** Why the current file is not in use, in words, or null if it is. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Whether a token of the file has this name. */
    boolean has(String name) {
        return known.stream().anyMatch(each -> each.operator().name().equals(name));
    }

    /** Whether the operator's token is still valid. */
    boolean isValid(Operator operator) {
        return known.stream().anyMatch(each -> each.operator().equals(operator));
    }

    private static Known parse(Path file, Roles roles, int number, String text) throws IOException {
        String[] words = text.split("\\s+", -1);
        if (words.length == 3 && roles.knows(words[0]) && words[1].length() >= TOKEN_CHARACTERS_MIN) {
            byte[] hash = hash(words[1]);
            List<String> role = List.of(words[0]);
            String credential = HexFormat.of().formatHex(hash);
            return new Known(
                    hash, new Operator(words[2], role, roles.rights(role), Operator.Kind.TOKEN_FILE, credential));
        }
        // The line itself is not quoted: it holds a secret.
        throw new IOException(file + " line " + number + ": must be a role ("
                + String.join(", ", roles.all().keySet()) + "), then a token of at least " + TOKEN_CHARACTERS_MIN
                + " characters, then a name");
    }

    private static void create(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder("# Who may use the ops API: role, token, name for the audit log.\n");
        for (String role : Roles.BUILT_IN) {
            byte[] token = new byte[TOKEN_BYTES];
            random.nextBytes(token);
            text.append(String.format(
                    Locale.ROOT,
                    "%s %s %s%n",
                    role,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(token),
                    role));
        }
        // Created with its final permissions, so that nobody can read it before they are set.
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
            throw new IOException(
                    file + " can be read by users other than its owner; chmod 600 it, and replace its tokens");
        }
    }

    /** Returns the token's operator, or null if the token is not valid. */
    @Nullable
    Operator find(String token) {
        refresh();
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
