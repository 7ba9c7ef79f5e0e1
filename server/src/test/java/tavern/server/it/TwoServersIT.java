package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.AccountId;
import tavern.game.NamedAccount;
import tavern.game.PlayerId;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.services.RedisProcess;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;
import tavern.server.time.Clocks;

/** Several servers share a realm: players on one hear of the changes that another makes. */
@Timeout(60)
class TwoServersIT {
    private static final NamedAccount BANK = new NamedAccount("bank");
    private static final Goods NOTHING = Goods.getDefaultInstance();

    @TempDir
    Path folder;

    private TavernConfig config(RedisProcess redis, String node) throws Exception {
        return TestServer.config(
                folder.resolve(node),
                "store.kind=redis",
                "store.redis.uri=" + redis.uri(),
                "cluster.enabled=true",
                // A busy machine may keep an answer waiting.
                "store.redis.command-timeout-millis=5000",
                "limits.rates.lists=100",
                "node.id=" + node);
    }

    @Test
    void whatOtherServersDoToAPlayersGoodsIsToldAlsoAfterATradeThatFailed() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
            TavernConfig here = config(redis, "here");
            HeldStore held =
                    new HeldStore(TavernServer.openStore(here, Clocks.system().wall()));
            try (TavernServer one = TavernServer.start(here, held.store());
                    Store there = TavernServer.openStore(
                            config(redis, "there"), Clocks.system().wall());
                    RawClient annaHere = client(one, "anna", "room-here");
                    RawClient carl = client(one, "carl", "room-here")) {
                PlayerId anna = new PlayerId(annaHere.welcome().getPlayerId());
                // Twice, because the first notice must not be the last one.
                for (int i = 0; i < 2; i++) {
                    UUID failing = TestIds.id(1_000 + i);
                    assertThat(annaHere.answerTo(annaHere.offer(failing, "carl", RawClient.gold(1_000), NOTHING))
                                    .hasTradeOpened())
                            .isTrue();
                    carl.expect(ServerMessage::hasTradeOffered);
                    held.hold("transact");
                    carl.accept(failing, "anna");
                    await().until(() -> held.held("transact") == 1);
                    move(there, anna, BANK, 1_000);
                    assertThat(goldHeard(annaHere)).isZero();
                    held.letGo("transact");
                    assertThat(annaHere.tradeResult(failing).getOutcome()).isEqualTo(TradeOutcome.FAILED);
                    assertThat(goldHeard(annaHere)).isZero();

                    move(there, BANK, anna, 1_000);
                    assertThat(goldHeard(annaHere)).isEqualTo(1_000);
                    UUID good = TestIds.id(4_000 + i);
                    assertThat(annaHere.answerTo(annaHere.offer(good, "carl", RawClient.gold(1_000), NOTHING))
                                    .hasTradeOpened())
                            .isTrue();
                    annaHere.send(Say.cancel(good));
                    annaHere.tradeResult(good);
                    carl.tradeResult(good);
                }
            }
        }
    }

    private static RawClient client(TavernServer server, String player, String room) throws Exception {
        RawClient client = new RawClient(server.address());
        client.login(player);
        client.join(room);
        return client;
    }

    private static void move(Store store, AccountId from, AccountId to, long gold) {
        Transaction transaction = TransactionDraft.transaction("move:" + UUID.randomUUID())
                .leg(from, to, tavern.game.Goods.of("gold", gold))
                .build();
        assertThat(Realm.await(store.transact(transaction)).isCommitted()).isTrue();
    }

    private static long goldHeard(RawClient client) throws Exception {
        client.expect(ServerMessage::hasInventoryChanged);
        return ToldHoldings.of(client.readInventory()).stacks().getOrDefault("gold", 0L);
    }
}
