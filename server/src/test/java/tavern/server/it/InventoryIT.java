package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Player;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.GetInventory;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Whisper;
import tavern.server.TavernServer;
import tavern.server.store.Grant;
import tavern.server.store.Realm;
import tavern.server.store.Store;

/** P-55, P-56: players who own a great deal. */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before all tests
class InventoryIT {
    private static final int ITEMS = 100_000;
    private static final int FEW = 10_000;
    private static final int GRANT = 200;
    private static final String[] SETTINGS = {
        "limits.rates.lists=100", "limits.rates.whispers=1000", "limits.outbound-bytes-max=65536"
    };

    @TempDir
    static Path folder;

    private static TestServer server;

    /** Rich owns 100,000 items, and Anna and Ben 10,000 each. */
    @BeforeAll
    static void give() throws Exception {
        try (Store store = TavernServer.openExistingStore(TestServer.config(folder, SETTINGS))) {
            for (String name : List.of("rich", "anna", "ben")) {
                Player player = store.openPlayer(name, tavern.game.Goods.of("gold", 1_000), List.of(), null, 1)
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .player();
                List<CompletionStage<?>> grants = new ArrayList<>();
                for (int given = 0; given < (name.equals("rich") ? ITEMS : FEW); given += GRANT) {
                    Grant swords = new Grant(new TreeMap<>(), Collections.nCopies(GRANT, "sword"), new TreeSet<>());
                    grants.add(Realm.grant(store, player.id(), swords, "swords-" + name + given, 1));
                }
                for (CompletionStage<?> grant : grants) {
                    grant.toCompletableFuture().get(60, TimeUnit.SECONDS);
                }
            }
        }
        server = TestServer.start(folder, SETTINGS);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whoOwnsAHundredThousandItemsLogsInTradesAndIsNotCutOffAsSlow() throws Exception {
        try (RawClient ben = server.client("ben", "hall");
                RawClient rich = new RawClient(server.address(), 4_096)) {
            // More than may wait for a client is told to one that reads nothing.
            int hello = rich.send(ClientMessage.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setProtocolVersion(Protocol.VERSION_MAX)
                            .setToken("rich")));
            await("the login").until(() -> whisper(ben, "while the pages wait").hasWhisperDelivered());
            assertThat(rich.answerTo(hello).hasWelcome()).isTrue();
            rich.expect(ServerMessage::hasWhisper);
            assertThat(rich.isInventoryWhole())
                    .as("other messages go between the pages")
                    .isFalse();
            rich.join("hall");
            if (!rich.isInventoryWhole()) {
                rich.expect(message -> message.getInventoryPage().getLast());
            }
            assertThat(rich.inventory().getItemsCount()).isEqualTo(ITEMS);

            Goods sword = RawClient.item(rich.firstItem());
            trade(rich, "rich", ben, "ben", sword, RawClient.item(ben.firstItem()));
            assertThat(rich.inventory().getItemsCount()).isEqualTo(ITEMS);
            assertThat(rich.inventory().getItemsList()).noneMatch(item -> item.getId() == sword.getItemIds(0));
            assertThat(rich.inventory()).isEqualTo(rich.readInventory());
        }
    }

    @Test
    void aTradeBetweenTwoWhoOwnTenThousandItemsIsToldInLessThanTwoHundredBytes() throws Exception {
        try (RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            int before = ben.inventory().getItemsCount();
            trade(anna, "anna", ben, "ben", RawClient.item(anna.firstItem()), RawClient.gold(10));
            assertThat(anna.inventory()).isEqualTo(anna.readInventory());
            assertThat(ben.inventory()).isEqualTo(ben.readInventory());
            assertThat(ben.inventory().getItemsCount()).isEqualTo(before + 1).isGreaterThan(FEW - 10);
        }
    }

    @Test
    void whoAsksAgainBeforeTheLastPageIsToldToWait() throws Exception {
        try (RawClient rich = server.client("rich")) {
            int first = askForInventory(rich);
            int second = askForInventory(rich);
            ServerMessage busy = rich.expect(message -> message.hasError() || message.getReplyTo() == first);
            assertThat(busy.getReplyTo()).isEqualTo(second);
            assertThat(busy.getError().getCode()).isEqualTo(ErrorCode.BUSY);
            assertThat(rich.answerTo(first).getInventoryPage().getLast()).isTrue();
            assertThat(rich.inventory().getItemsCount()).isEqualTo(ITEMS);
        }
    }

    @Test
    void aResumedClientIsToldItsMissedChangesAndNoPages() throws Exception {
        try (RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            int before = anna.inventory().getItemsCount();
            UUID id = TestIds.fresh();
            assertThat(anna.offered(id, "ben", RawClient.item(anna.firstItem()), RawClient.gold(10))
                            .hasTradeOpened())
                    .isTrue();
            ben.expect(ServerMessage::hasTradeOffered);
            anna.cut();
            ben.accept(id, "anna");
            assertThat(ben.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            try (RawClient again = anna.resumed(server.address())) {
                assertThat(again.welcome().getResumed()).isTrue();
                again.expect(ServerMessage::hasReplayed);
                assertThat(again.inventory().getItemsCount()).isEqualTo(before - 1);
                assertThat(again.inventory()).isEqualTo(again.readInventory());
            }
        }
    }

    private static int askForInventory(RawClient client) throws Exception {
        return client.send(ClientMessage.newBuilder().setGetInventory(GetInventory.getDefaultInstance()));
    }

    private static ServerMessage whisper(RawClient from, String text) throws Exception {
        return from.answerTo(from.send(ClientMessage.newBuilder()
                .setWhisper(Whisper.newBuilder().setTo("rich").setText(text))));
    }

    private static void trade(RawClient from, String proposer, RawClient to, String partner, Goods give, Goods want)
            throws Exception {
        UUID id = TestIds.fresh();
        assertThat(from.offered(id, partner, give, want).hasTradeOpened()).isTrue();
        to.expect(ServerMessage::hasTradeOffered);
        to.accept(id, proposer);
        TradeResult result = to.tradeResult(id);
        assertThat(result.getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(result.getSerializedSize()).isLessThan(200);
        assertThat(from.tradeResult(id).getSerializedSize()).isLessThan(200);
    }
}
