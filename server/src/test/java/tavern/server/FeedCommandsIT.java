package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.server.it.TestServer;
import tavern.server.services.RabbitProcess;

/** The commands of bin/server for the trade feed, against a real server and a real broker. */
final class FeedCommandsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int ask(TestServer server, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--ops=http://127.0.0.1:" + server.opsAddress().getPort());
        all.add("--token-file=" + folder.resolve("ops-tokens"));
        return line.execute(all.toArray(String[]::new));
    }

    private JsonObject json() {
        return JsonParser.parseString(out.toString()).getAsJsonObject();
    }

    @Test
    void deadLettersAreListedAndSentOn() throws Exception {
        try (RabbitProcess rabbit = RabbitProcess.start(folder.resolve("rabbit"));
                TestServer server = TestServer.start(
                        folder,
                        "ops.enabled=true",
                        "feed.kind=rabbitmq",
                        "feed.rabbitmq.ledger-queue=true",
                        "feed.rabbitmq.uri=" + rabbit.uri())) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(ask(server, "feed", "--json")).isZero();
                assertThat(json().get("connected").getAsBoolean()).isTrue();
            });
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(rabbit.uri());
            try (Connection connection = factory.newConnection("test")) {
                Channel channel = connection.createChannel();
                AMQP.BasicProperties letter = new AMQP.BasicProperties.Builder()
                        .messageId("7-one")
                        .headers(Map.of("dead-because", "no queue\u001b[2J", "original-routing-key", "other.hall"))
                        .build();
                channel.basicPublish("tavern.trades.dead", "other.hall", letter, new byte[3]);
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(ask(server, "dead-letters")).isZero();
                    assertThat(out.toString()).contains("7-one", "other.hall", "no queue?[2J", "1 in all");
                });
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(ask(server, "feed")).as("there are dead letters").isEqualTo(1);
                    assertThat(out.toString()).containsPattern("(?m)^deadLetters +1$");
                });
                assertThat(ask(server, "dead-letters", "--max=1", "--json")).isZero();
                assertThat(json().getAsJsonArray("letters")).hasSize(1);

                channel.queueDeclare("other", true, false, false, Map.of());
                channel.queueBind("other", "tavern.trades", "other.#");
                awaitOneLetter(channel);
                assertThat(ask(server, "republish", "7-two", "--reason=none")).isEqualTo(1);
                assertThat(err.toString()).hasLineCount(1).contains("no such letter");
                awaitOneLetter(channel);
                assertThat(ask(server, "republish", "7-one", "--reason=bound")).isZero();
                assertThat(out.toString()).startsWith("published 1; left: 0 (audit 4)");
                assertThat(channel.basicGet("other", true).getProps().getMessageId())
                        .isEqualTo("7-one");
                assertThat(ask(server, "republish", "--reason=rest", "--json")).isZero();
                assertThat(json().get("result").getAsString()).isEqualTo("published 0; left: 0");
            }
        }
    }

    /** The broker puts back what an order has taken when it has closed the order's channel. */
    private static void awaitOneLetter(Channel channel) {
        await().atMost(PATIENCE).until(() -> channel.messageCount("tavern.trades.dead") == 1);
    }

    @Test
    void withoutAFeedTheyAreNotToBeHad() throws Exception {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            assertThat(ask(server, "feed")).isZero();
            assertThat(out.toString()).containsPattern("(?m)^kind +none$");
            assertThat(ask(server, "dead-letters")).isZero();
            assertThat(out.toString()).contains("0 in all");
            assertThat(ask(server, "republish", "--reason=try")).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("feed.kind is none");
        }
    }
}
