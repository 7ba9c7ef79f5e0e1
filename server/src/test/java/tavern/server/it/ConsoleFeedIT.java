package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.RabbitProcess;

/** The page's view of the trade feed, with a real broker: dead letters are seen, and sent on. */
final class ConsoleFeedIT {
    private static final String DEAD = "tavern.trades.dead";
    private static final String NOWHERE = "elsewhere.main.hall";
    private static final String LOOK = "[aria-label='Look at the dead letters']";
    private static final String REPUBLISH = "[aria-label='Republish 7-one']";

    @TempDir
    Path brokerFolder;

    @TempDir
    Path folder;

    @TempDir
    Path profile;

    @Test
    void deadLettersAreSeenAndRepublished() throws Exception {
        try (RabbitProcess rabbit = RabbitProcess.start(brokerFolder)) {
            String vhost = rabbit.newVhost();
            try (TestServer server = TestServer.start(
                            folder,
                            "ops.enabled=true",
                            "feed.kind=rabbitmq",
                            "feed.rabbitmq.uri=" + rabbit.uri(vhost),
                            "feed.rabbitmq.ledger-queue=true");
                    Connection connection = FeedQueue.connect(rabbit.uri(vhost));
                    ConsolePage page = ConsolePage.open(
                            "http://127.0.0.1:" + server.opsAddress().getPort(), profile)) {
                page.logIn(OpsClient.token(folder.resolve("ops-tokens"), "admin"));
                page.untilSays("[aria-label='Store and feed']", "publishes");
                page.view("#/feed");
                page.untilSays("[aria-label=Broker]", "publishes");
                Channel channel = connection.createChannel();
                putDeadLetter(channel, "7-one");
                page.untilShown(LOOK);
                assertThat(page.see("document.querySelector(\"" + REPUBLISH + "\")"))
                        .as("nobody has looked")
                        .isEqualTo("null");
                page.click(LOOK);
                page.untilShown(REPUBLISH);
                page.untilSays("[aria-label='Dead letters']", "<b id=evil>no queue</b>");
                assertThat(page.see("document.getElementById('evil')")).isEqualTo("null");
                assertThat(page.axe()).isEmpty();
                page.screenshot("feed");

                channel.queueDeclare("later", true, false, false, Map.of());
                channel.queueBind("later", "tavern.trades", "elsewhere.#");
                page.click(REPUBLISH);
                page.confirm("published 1");
                page.untilGone(REPUBLISH);
                assertThat(channel.basicGet("later", true).getProps().getMessageId())
                        .isEqualTo("7-one");
            }
        }
    }

    /** As the feed would. */
    private static void putDeadLetter(Channel channel, String messageId) throws IOException {
        AMQP.BasicProperties letter = new AMQP.BasicProperties.Builder()
                .messageId(messageId)
                .timestamp(new Date(1_700_000_000_000L))
                .deliveryMode(2)
                .headers(Map.of(
                        "dead-because",
                        "<b id=evil>no queue</b>",
                        "original-routing-key",
                        NOWHERE,
                        "original-bytes",
                        3))
                .build();
        channel.basicPublish(DEAD, NOWHERE, letter, new byte[] {1, 2, 3});
    }
}
