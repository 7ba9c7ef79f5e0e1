package tavern.sim.check;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * A realm in Redis as its bytes are (docs/STORE.md): the ledger in its order, the archive's part of it, the fences, and what
 * each player owns.
 */
final class RealmEntries {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int BATCH = 1_000;

    /** @param position where it is in the ledger */
    record Entry(String position, String id, String room, long fence, String legs) {
        /** When it was committed, by Redis' clock. */
        long millis() {
            return Long.parseLong(position.substring(0, position.indexOf('-')));
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final List<Entry> archived = new ArrayList<>();
    private final Map<String, Long> fences = new HashMap<>();
    private final Map<String, String> goodsByName = new LinkedHashMap<>();
    private final Map<String, Long> idsByName = new HashMap<>();

    private RealmEntries() {}

    /** @param archive the folder of sealed segments; none need be there */
    static RealmEntries read(String redis, String realm, Path archive) throws IOException {
        RealmEntries read = new RealmEntries();
        RedisURI uri = RedisURI.create(redis);
        uri.setTimeout(TIMEOUT);
        RedisClient client = RedisClient.create(uri);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            read.ledger(connection.sync(), "{" + realm + "}:");
            read.players(connection.sync(), "{" + realm + "}:");
        } catch (RedisException e) {
            throw new IOException("cannot read " + redis + ": " + e.getMessage(), e);
        } finally {
            client.shutdown(Duration.ZERO, TIMEOUT);
        }
        if (Files.isDirectory(archive)) {
            read.archive(archive);
        }
        return read;
    }

    private void ledger(RedisCommands<String, String> redis, String prefix) {
        Range<String> rest = Range.unbounded();
        List<StreamMessage<String, String>> page;
        do {
            page = redis.xrange(prefix + "entries", rest, Limit.from(BATCH));
            for (StreamMessage<String, String> message : page) {
                entries.add(entry(message.getId(), message.getBody()));
                rest = Range.from(Range.Boundary.excluding(message.getId()), Range.Boundary.unbounded());
            }
        } while (page.size() == BATCH);
        Set<String> rooms = new TreeSet<>();
        entries.forEach(entry -> rooms.add(entry.room()));
        rooms.remove("");
        for (String room : rooms) {
            String fence = redis.get(prefix + "fence:room:" + room);
            fences.put(room, fence == null ? 0 : Long.parseLong(fence));
        }
    }

    private static Entry entry(String position, Map<String, String> fields) {
        String fence = fields.getOrDefault("fence", "");
        return new Entry(
                position,
                fields.getOrDefault("id", ""),
                fields.getOrDefault("room", ""),
                fence.isEmpty() ? 0 : Long.parseLong(fence),
                fields.getOrDefault("legs", ""));
    }

    private void players(RedisCommands<String, String> redis, String prefix) {
        redis.hgetall(prefix + "names").forEach((name, id) -> {
            List<String> words = new ArrayList<>();
            redis.hgetall(prefix + "player:" + id).forEach((field, value) -> {
                if (field.startsWith("s:")) {
                    words.add(field.substring(2) + "=" + value);
                } else if (field.startsWith("i:")) {
                    words.add("#" + field.substring(2) + ":" + value);
                }
            });
            goodsByName.put(name, String.join(",", words));
            idsByName.put(name, Long.parseLong(id));
        });
    }

    private void archive(Path folder) throws IOException {
        Set<Path> inOrder = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.segment")) {
            files.forEach(inOrder::add);
        }
        for (Path file : inOrder) {
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (line.startsWith("entry ")) {
                        archived.add(archivedEntry(line));
                    }
                }
            }
        }
    }

    /** {@code entry <position> <date> <id> <room, - for none> <fence> <legs>}. */
    private static Entry archivedEntry(String line) throws IOException {
        String[] words = line.split(" ", -1);
        if (words.length != 7) {
            throw new IOException("not an entry of the archive: " + line);
        }
        return new Entry(words[1], words[3], words[4].equals("-") ? "" : words[4], Long.parseLong(words[5]), words[6]);
    }

    /** In the order of the realm's commits. */
    List<Entry> entries() {
        return entries;
    }

    List<Entry> archived() {
        return archived;
    }

    /** The newest fence of a room that the ledger names. */
    long newestFence(String room) {
        return fences.getOrDefault(room, 0L);
    }

    /** What each player owns now, in words. */
    Map<String, String> goodsByName() {
        return goodsByName;
    }

    Map<String, Long> idsByName() {
        return idsByName;
    }
}
