package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.store.Realm;
import tavern.server.store.Sanction;
import tavern.server.store.Store;
import tavern.server.time.Clocks;
import tavern.server.time.MonotonicClock;
import tavern.server.time.WallClock;

/** The machine's clock is wrong, and somebody sets it. */
final class ClockIT {
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    Path folder;

    private final AtomicLong aheadMillis = new AtomicLong();

    private TestServer start() throws Exception {
        MonotonicClock monotonic = MonotonicClock.system();
        WallClock wall = new WallClock(() -> System.currentTimeMillis() + aheadMillis.get(), monotonic);
        return TestServer.start(config(), new Clocks(wall, monotonic));
    }

    private TavernConfig config() {
        return TestServer.config(
                folder, "auth.failures-max=100", "room.chat-flush-millis=1", "limits.hello-seconds=60");
    }

    private static ChatMessage say(RawClient client, String text) throws IOException {
        int asked = client.chat(text);
        return client.expect(message -> message.getChat().getClientSeq() == asked)
                .getChat();
    }

    @Test
    void chatIsKeptInOrderOverARestartWithAnEarlierClock() throws Exception {
        aheadMillis.set(DAY);
        try (TestServer server = start();
                RawClient anna = server.client("anna", "hall")) {
            for (String text : List.of("one", "two", "three")) {
                say(anna, text);
            }
        }
        aheadMillis.set(0);
        try (TestServer server = start();
                RawClient anna = server.client("anna", "hall")) {
            say(anna, "four");
        }
        try (TestServer server = start();
                RawClient anna = server.client("anna")) {
            assertThat(anna.join("hall").getRecentChatList())
                    .extracting(ChatMessage::getText)
                    .containsExactly("one", "two", "three", "four");
        }
    }

    @Test
    void aBanEndsByTheClockAsItIsSetWhileTheServerRuns() throws Exception {
        try (Store store = TavernServer.openStore(config(), Clocks.system().wall())) {
            long until = System.currentTimeMillis() + DAY;
            var anna = Realm.await(store.openPlayer("anna", tavern.game.Goods.NONE, List.of(), null, 0));
            Realm.await(store.sanction(
                    anna.player().id(), new Sanction(Sanction.Kind.BAN, until, ""), Sanction.none(Sanction.Kind.BAN)));
        }
        try (TestServer server = start();
                RawClient banned = new RawClient(server.address());
                RawClient again = new RawClient(server.address());
                RawClient later = new RawClient(server.address())) {
            banned.send(Say.hello("anna"));
            assertThat(banned.closedWith()).isEqualTo(ErrorCode.BANNED);

            aheadMillis.set(2 * DAY);
            assertThat(again.login("anna").getPlayer()).isEqualTo("anna");
            again.send(Say.bye());
            again.closedWith();

            aheadMillis.set(0);
            later.send(Say.hello("anna"));
            assertThat(later.closedWith()).as("the clock was set back").isEqualTo(ErrorCode.BANNED);
        }
    }

    /** P-57. */
    @Test
    void anOutcomeIsStillToldWhenItsIdIsTooOldForANewOffer() throws Exception {
        Goods nothing = Goods.getDefaultInstance();
        try (TestServer server = start();
                RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            UUID done = TestIds.fresh();
            UUID unused = TestIds.fresh();
            anna.offer(done, "ben", RawClient.gold(1), nothing);
            ben.expect(ServerMessage::hasTradeOffered);
            ben.accept(done, "anna");
            assertThat(anna.tradeResult(done).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);

            aheadMillis.set(7 * DAY + 1_000);
            int again = anna.offer(done, "ben", RawClient.gold(1), nothing);
            assertThat(anna.answerTo(again).getTradeResult().getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            assertThat(anna.errorTo(anna.offer(unused, "ben", RawClient.gold(1), nothing)))
                    .isEqualTo(ErrorCode.TRADE_ID_TOO_OLD);
            UUID byTheServersTime =
                    UuidV7.of(anna.answerTo(anna.ping(1)).getPong().getServerTimeMs(), 1);
            assertThat(anna.answerTo(anna.offer(byTheServersTime, "ben", RawClient.gold(1), nothing))
                            .hasTradeOpened())
                    .isTrue();
        }
    }

    /** The store goes by the server's clock too, and not by another one of the machine. */
    @Test
    void aTradeByTheTimeOfAServerThatIsAheadIsCommitted() throws Exception {
        aheadMillis.set(30 * DAY);
        try (TestServer server = start();
                RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            UUID trade = UuidV7.of(anna.welcome().getServerTimeMs(), 1);
            anna.offer(trade, "ben", RawClient.gold(1), Goods.getDefaultInstance());
            ben.expect(ServerMessage::hasTradeOffered);
            ben.accept(trade, "anna");
            assertThat(anna.tradeResult(trade).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        }
    }

    /** P-57. */
    @Test
    void theServerTellsItsOwnTime() throws Exception {
        aheadMillis.set(-30 * DAY);
        try (TestServer server = start();
                RawClient anna = server.client("anna")) {
            long before = System.currentTimeMillis();
            assertThat(anna.welcome().getServerTimeMs() - before).isBetween(-30 * DAY - 60_000, -30 * DAY + 60_000);
            aheadMillis.set(0);
            assertThat(anna.answerTo(anna.ping(1)).getPong().getServerTimeMs() - before)
                    .isBetween(-60_000L, 60_000L);
        }
    }

    @Test
    void aClockThatIsSetDisturbsNobody() throws Exception {
        try (TestServer server = start();
                RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            for (long ahead : new long[] {30 * DAY, 0, -30 * DAY}) {
                aheadMillis.set(ahead);
                ChatMessage said = say(anna, "at " + ahead);
                assertThat(said.getAtMs() - System.currentTimeMillis()).isBetween(ahead - 10_000, ahead + 10_000);
                assertThat(ben.expect(message -> message.getChat().getText().equals(said.getText()))
                                .getChat()
                                .getAtMs())
                        .isEqualTo(said.getAtMs());
                assertThat(ben.answerTo(ben.ping(1)).hasPong()).isTrue();
            }
        }
    }
}
