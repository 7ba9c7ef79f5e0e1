package tavern.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.TavernServer;
import tavern.server.config.ConfigLoader;
import tavern.server.services.RabbitProcess;
import tavern.server.services.RedisProcess;
import tavern.sim.BotsRun;
import tavern.sim.ledger.FeedLedger;

/** What a good run has left is accepted, and whatever is wrong with it afterwards is found. */
@Timeout(180)
class RunCheckIT {
    private static final String KEYS = "{checked}:";

    @TempDir
    static Path folder;

    private static RedisProcess redis;
    private static RabbitProcess rabbit;
    private static TavernServer server;
    private static FeedLedger queue;
    private static RunCheck good;

    @TempDir
    Path changed;

    @BeforeAll
    static void playOnce() throws Exception {
        redis = RedisProcess.start(folder.resolve("redis"));
        rabbit = RabbitProcess.start(folder.resolve("rabbit"));
        Path logs = Files.createDirectory(folder.resolve("logs"));
        Path archive = Files.createDirectory(folder.resolve("archive"));
        String vhost = rabbit.newVhost();
        server = TavernServer.start(
                ConfigLoader.load(null, Map.of(), settings(vhost, archive)).config());
        BotsRun bots = new BotsRun();
        int exit = bots.on(
                server.address().getPort(),
                "--bots=12",
                "--rooms=2",
                "--duration=4s",
                "--chat-rate=3",
                "--trade-rate=3",
                "--churn=0.3",
                "--threads=2",
                "--log=" + logs);
        assertThat(exit).as(bots.output()).isZero();
        good = new RunCheck(logs, redis.uri(), "checked", archive, RabbitProcess.uri(rabbit.port(), vhost));
        // A broker that is slow at first gets the queue later, and then all that was published.
        queue = await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(good::readQueue, Objects::nonNull);
    }

    private static Map<String, String> settings(String vhost, Path archive) {
        return Map.of(
                "ops.enabled", "false",
                "net.port", "0",
                "realm", "checked",
                "store.kind", "redis",
                "store.redis.uri", redis.uri(),
                "store.archive.path", archive.toString(),
                "store.archive.segment-entries", "20",
                "feed.kind", "rabbitmq",
                "feed.rabbitmq.uri", RabbitProcess.uri(rabbit.port(), vhost),
                "feed.rabbitmq.ledger-queue", "true");
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        redis.close();
        rabbit.close();
    }

    @Test
    void aGoodRunIsAccepted() throws Exception {
        Findings findings = good.judge(queue);
        assertThat(findings.faults()).as("%s", findings.examples()).isEmpty();
        assertThat(findings.counts().get("trades acknowledged")).isGreaterThan(20);
        assertThat(findings.counts().get("trades in the queue")).isGreaterThan(10);
        assertThat(findings.counts().get("lines that had to be heard")).isGreaterThan(100);
    }

    @Test
    void anAnswerThatIsMissingInTheQueueIsFound() throws Exception {
        assertThat(good.judge(new FeedLedger()).faults()).containsKey("a trade and the queue differ");
    }

    @Test
    void aLineThatSomebodyDidNotHearIsFound() throws Exception {
        // In the middle of a stay, and not the sender's own.
        assertThat(judgedWithout("heard", 40).faults())
                .containsOnlyKeys("a line that somebody who stayed did not hear");
    }

    @Test
    void aLineThatSomebodyHeardTwiceIsFound() throws Exception {
        assertThat(judged(lines -> {
                            String heard = nth(lines, "heard", 40);
                            List<String> more = new ArrayList<>(lines);
                            more.add(lines.indexOf(heard) + 1, heard);
                            return more;
                        })
                        .faults())
                .containsKeys("a line heard twice", "lines out of order");
    }

    @Test
    void linesInAnotherOrderAreFound() throws Exception {
        assertThat(judged(lines -> {
                            List<String> more = new ArrayList<>(lines);
                            String bot = bot(nth(lines, "heard", 40));
                            List<String> heard = lines.stream()
                                    .filter(line -> line.contains("\"what\":\"heard\"")
                                            && bot(line).equals(bot))
                                    .toList();
                            int first = lines.indexOf(heard.get(3));
                            int second = lines.indexOf(heard.get(4));
                            more.set(first, heard.get(4));
                            more.set(second, heard.get(3));
                            return more;
                        })
                        .faults())
                .containsKey("lines out of order");
    }

    @Test
    void aSeatUnderAnOwnerThatWasReplacedIsFound() throws Exception {
        assertThat(judged(lines -> {
                            String joined = nth(lines, "joined", 0);
                            return lines.stream()
                                    .map(line -> line.equals(joined)
                                            ? line.replaceFirst("\"fence\":(\\d+)", "\"fence\":9$1")
                                            : line)
                                    .toList();
                        })
                        .faults())
                .containsKeys("a room with two owners", "a commit of an owner that was replaced");
    }

    @Test
    void anOutcomeThatTheStoreHasOtherwiseIsFound() throws Exception {
        assertThat(judged(lines -> lines.stream()
                                .map(line -> line.replaceFirst("DECLINED|CANCELLED", "COMMITTED"))
                                .toList())
                        .faults())
                .containsKeys("an acknowledged trade that is lost", "a trade that the store has otherwise");
    }

    @Test
    void goodsThatComeFromNowhereAreFound() throws Exception {
        redis.ask("HINCRBY", KEYS + "player:1", "s:gold", "7");
        try {
            assertThat(good.judge(queue).faults())
                    .containsKeys("goods that are not conserved", "a contradiction in the store");
        } finally {
            redis.ask("HINCRBY", KEYS + "player:1", "s:gold", "-7");
        }
    }

    /** Behind the books of the server, which runs no more. */
    @Test
    void aCommitOfAnOwnerThatWasReplacedIsFound() throws Exception {
        String id = redis.ask(
                "XADD",
                KEYS + "entries",
                "*",
                "id",
                "move:late",
                "room",
                "room-0",
                "fence",
                "5",
                "at",
                "1",
                "legs",
                "1>1|gold=1");
        try {
            assertThat(good.judge(queue).faults()).containsKey("a commit of an owner that was replaced");
        } finally {
            redis.ask("XDEL", KEYS + "entries", id);
        }
    }

    @Test
    void anEntryThatTheArchiveHasOtherwiseIsFound() throws Exception {
        Path file = good.archive().resolve("000000000001.segment");
        await("a segment is in the archive").until(() -> Files.exists(file));
        assertThat(good.judge(queue).counts().get("entries in the archive")).isPositive();
        String text;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(changed.resolve(file.getFileName())))) {
            out.write(text.replaceFirst("gold=1000", "gold=1001").getBytes(StandardCharsets.UTF_8));
        }
        RunCheck other = new RunCheck(good.logs(), good.redisUri(), good.realm(), changed, good.amqpUri());
        assertThat(other.judge(queue).faults()).containsOnlyKeys("the archive and the store differ");
    }

    private Findings judgedWithout(String what, int number) throws IOException {
        return judged(lines -> {
            List<String> fewer = new ArrayList<>(lines);
            fewer.remove(nth(lines, what, number));
            return fewer;
        });
    }

    private static String nth(List<String> lines, String what, int number) {
        return lines.stream()
                .filter(line -> line.contains("\"what\":\"" + what + "\""))
                .skip(number)
                .findFirst()
                .orElseThrow();
    }

    private static String bot(String line) {
        return LogLine.of(line).bot();
    }

    /** Judges logs of which one file was changed. */
    private Findings judged(UnaryOperator<List<String>> change) throws IOException {
        try (var files = Files.newDirectoryStream(good.logs())) {
            for (Path file : files) {
                List<String> lines = Files.readAllLines(file);
                boolean isFirst = file.getFileName().toString().equals("bots-0.jsonl");
                Files.write(changed.resolve(file.getFileName()), isFirst ? change.apply(lines) : lines);
            }
        }
        return new RunCheck(changed, good.redisUri(), good.realm(), good.archive(), good.amqpUri()).judge(queue);
    }
}
