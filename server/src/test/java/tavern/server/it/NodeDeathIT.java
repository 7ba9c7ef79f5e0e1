package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.games.TestJar;
import tavern.server.games.sample.FaultyGame;
import tavern.server.games.sample.FaultyModule;
import tavern.server.services.FairTime;

/** A server of a realm is killed: its rooms come up on another one, within the time of a lease and two seconds. */
@Timeout(180)
final class NodeDeathIT {
    private static final int LEASE_MILLIS = 3_000;
    private static final Duration BACK_WITHIN = Duration.ofMillis(LEASE_MILLIS + 2_000);
    private static final Goods NOTHING = Goods.getDefaultInstance();

    @RegisterExtension
    static final RealmServers servers = RealmServers.with(
            "cluster.lease-millis=" + LEASE_MILLIS,
            "cluster.placement-margin-percent=1000",
            "room.position-flush-millis=200",
            "game.max-speed=1000",
            "limits.idle-seconds=120",
            "limits.rates.joins=1000");

    private static RawClient login(TestServer server, Hello.Builder hello) throws IOException {
        RawClient client = new RawClient(server.address());
        client.hello(hello);
        return client;
    }

    @Test
    void playersAreBackOnAnotherServerWithTheirPlacesChatAndGoods() throws Exception {
        // In this process, whose time FairTime measures: the time limit is for the heir.
        try (TestServer heir = servers.start("heir");
                ServerProcess victim = servers.process("victim");
                RawClient carl = new RawClient(heir.address());
                RawClient ann = new RawClient(victim.address());
                RawClient bob = new RawClient(victim.address())) {
            // A server that has seen players before is not slowed down by its first one.
            carl.login("carl");
            carl.join("elsewhere");
            carl.chat("hello");
            ann.login("ann");
            bob.login("bob");
            Entity stood = ann.join("hall").getState().getEntities(0);
            bob.join("hall");
            int x = stood.getX() >= 100 ? stood.getX() - 100 : stood.getX() + 100;
            ann.move(x, stood.getY());
            ann.chat("remember me");
            UUID trade = TestIds.fresh();
            ann.answerTo(ann.offer(trade, "bob", RawClient.gold(10), NOTHING));
            bob.accept(trade, "ann");
            assertThat(ann.tradeResult(trade).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            await().until(() -> servers.redis()
                    .ask("LRANGE", servers.key("chat:hall"), "0", "-1")
                    .contains("remember me"));
            String id = Long.toUnsignedString(ann.welcome().getPlayerId());
            await().until(() -> servers.redis()
                    .ask("HGET", servers.key("position:hall"), id)
                    .equals(x + " " + stood.getY()));

            victim.kill();
            long killed = FairTime.nanos();
            try (RawClient again = login(heir, ann.helloAgain())) {
                assertThat(again.welcome().getResumed()).as("resumed").isFalse();
                Joined joined = awaitJoined(again, "hall", "");
                assertThat(Duration.ofNanos(FairTime.nanos() - killed)).isLessThan(BACK_WITHIN);
                assertThat(joined.getRecentChatList())
                        .extracting(ChatMessage::getText)
                        .containsExactly("remember me");
                Entity own = joined.getState().getEntities(0);
                assertThat(own.getX()).isEqualTo(x);
                assertThat(own.getY()).isEqualTo(stood.getY());
                assertThat(ToldHoldings.of(again.inventory()).stacks()).containsEntry("gold", 1_000L - 10);
                assertThat(again.answerTo(again.offer(trade, "bob", RawClient.gold(10), NOTHING))
                                .getTradeResult()
                                .getOutcome())
                        .isEqualTo(TradeOutcome.COMMITTED);
            }
        }
    }

    /**
     * As long as the dead server's lease runs, whoever asks is sent there; and a server whose own leases are in doubt,
     * as on a busy machine, lets nobody in for a moment.
     */
    private static Joined awaitJoined(RawClient client, String room, String type) {
        AtomicReference<ServerMessage> last = new AtomicReference<>();
        // Not as fast as it can: that would be a flood.
        await("a join").pollInterval(Duration.ofMillis(20)).until(() -> {
            ServerMessage answer = client.answerTo(client.send(GameRoomIT.joining(room, type, "")));
            assertThat(answer.hasJoined()
                            || answer.hasRedirect()
                            || answer.getError().getCode() == ErrorCode.UNAVAILABLE)
                    .as("%s", answer)
                    .isTrue();
            last.set(answer);
            return answer.hasJoined();
        });
        return Objects.requireNonNull(last.get()).getJoined();
    }

    @Test
    void aTimerOfADeadServersRoomRunsOutOnAnother() throws Exception {
        TestJar.of(FaultyModule.class, FaultyGame.class, FaultyGame.MuteException.class)
                .write(servers.folder().resolve("games/faulty.jar"));
        String[] games = {"games.path=" + servers.folder().resolve("games"), "games.types.faulty.game=faulty"};
        try (TestServer heir = servers.start("heir", games);
                ServerProcess victim = servers.process("victim", games);
                RawClient bob = new RawClient(heir.address());
                RawClient ann = new RawClient(victim.address())) {
            bob.login("bob");
            awaitJoined(bob, "next-door", "faulty");
            ann.login("ann");
            awaitJoined(ann, "table", "faulty");
            assertThat(ann.answerTo(ann.send(GameRoomIT.saying(0, "ring next-door")))
                            .hasTurnDone())
                    .isTrue();
            victim.kill();
            long killed = FairTime.nanos();
            await("the alarm")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> GameRoomIT.text(
                                    awaitJoined(bob, "next-door", "faulty").getView())
                            .contains("heard"));
            assertThat(Duration.ofNanos(FairTime.nanos() - killed)).isLessThan(BACK_WITHIN);
        }
    }
}
