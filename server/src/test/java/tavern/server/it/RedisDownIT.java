package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.services.FairTime;
import tavern.server.store.Store;
import tavern.server.time.Clocks;

/** Redis is dead or frozen: play goes on, requests that need the store are refused at once, and everything comes back. */
@Timeout(120)
class RedisDownIT {
    private static final Logger log = LoggerFactory.getLogger(RedisDownIT.class);
    private static final Duration MEASURED = Duration.ofSeconds(2);

    /** The server promises a second; a busy machine gets a little more. */
    private static final Duration REFUSED_WITHIN = Duration.ofMillis(1_500);

    /** The factor allowed between two medians, on a machine that does other things too. */
    private static final int SLOWER_MAX = 4;

    private static final Duration NOISE = Duration.ofMillis(20);
    private static final Duration GAP_MAX = Duration.ofSeconds(1);
    private static final int IN_FLIGHT_MAX = 64;
    private static final int FLOOD = 2_000;

    @TempDir
    static Path processes;

    private static TestServices services;

    @TempDir
    Path folder;

    private final List<Deal> deals = new ArrayList<>();
    private Store store;
    private TavernServer server;
    private RawClient anna;
    private RawClient ben;
    private RawClient speaker;
    private Pulse pulse;

    @BeforeAll
    static void startServices() throws Exception {
        services = TestServices.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    @BeforeEach
    void start() throws Exception {
        services.clear();
        TavernConfig config = TestServer.config(
                folder,
                services.settings(
                        "store.operations-in-flight-max=" + IN_FLIGHT_MAX,
                        "limits.open-offers-max=1000",
                        // Anna says nothing for as long as a busy machine takes for the others.
                        "limits.idle-seconds=120",
                        "limits.frames-per-second=100000",
                        "limits.rates.chats=1000",
                        "limits.rates.moves=1000",
                        "limits.rates.trades=10000"));
        store = TavernServer.openStore(config, Clocks.system().wall());
        server = TavernServer.start(config, store);
        anna = client("anna");
        ben = client("ben");
        anna.join("hall");
        speaker = client("speaker");
        Joined joined = speaker.join("hall");
        ben.join("hall");
        client("carl").close();
        pulse = new Pulse(speaker, joined, ben);
    }

    @AfterEach
    void stop() throws Exception {
        anna.close();
        ben.close();
        speaker.close();
        server.close();
        assertThat(services.audit(deals)).isEmpty();
    }

    @Test
    void whileItIsDead() throws Exception {
        without(() -> services.redis().kill(), () -> services.redis().restart());
    }

    @Test
    void whileItIsFrozen() throws Exception {
        without(() -> services.redis().freeze(), () -> services.redis().thaw());
    }

    private interface Step {
        void run() throws Exception;
    }

    private void without(Step down, Step up) throws Exception {
        Deal open = opened();
        Pulse.Rhythm before = pulse.beatFor(MEASURED);
        down.run();
        Pulse.Rhythm first = pulse.beatFor(MEASURED);
        Duration refused = refusedTrades(open);
        loginsWhileDown();
        flood();
        Pulse.Rhythm during = pulse.beatFor(MEASURED);
        up.run();
        log.info(
                "before: {}; without Redis: {}, later {}; a trade was refused in {} ms",
                before,
                first,
                during,
                refused.toMillis());
        comesBack(open);
        assertUnchanged(before, first);
        assertUnchanged(before, during);
    }

    private static void assertUnchanged(Pulse.Rhythm before, Pulse.Rhythm now) {
        assertThat(now.chatMedian())
                .isLessThan(before.chatMedian().multipliedBy(SLOWER_MAX).plus(NOISE));
        assertThat(now.moveMedian())
                .isLessThan(before.moveMedian().multipliedBy(SLOWER_MAX).plus(NOISE));
        assertThat(now.chatMax()).isLessThan(GAP_MAX);
        assertThat(now.moveMax()).isLessThan(GAP_MAX);
    }

    /** An offer that ben could accept. */
    private Deal opened() throws Exception {
        Deal deal = new Deal(TestIds.fresh(), "anna", "ben", RawClient.gold(1), RawClient.gold(2));
        deals.add(deal);
        assertThat(anna.answerTo(anna.offer(deal.id(), "ben", deal.give(), deal.want()))
                        .hasTradeOpened())
                .isTrue();
        ben.expect(ServerMessage::hasTradeOffered);
        return deal;
    }

    /** Makes a new offer, and accepts one that was made before. @return the longest time to the answer */
    private Duration refusedTrades(Deal open) throws Exception {
        long sent = FairTime.nanos();
        expectUnavailable(anna.answerTo(anna.offer(TestIds.fresh(), "ben", RawClient.gold(1), RawClient.gold(2))));
        long offered = FairTime.nanos();
        expectUnavailable(ben.answerTo(ben.accept(open.id(), "anna")));
        Duration took = Duration.ofNanos(Math.max(offered - sent, FairTime.nanos() - offered));
        assertThat(took).isLessThan(REFUSED_WITHIN);
        return took;
    }

    /** Carl's record is cached, and the stranger's is not. */
    private void loginsWhileDown() throws Exception {
        client("carl").close();
        try (RawClient stranger = new RawClient(server.address())) {
            long sent = FairTime.nanos();
            int hello = stranger.send(Say.hello("stranger"));
            expectUnavailable(stranger.answerTo(hello));
            assertThat(Duration.ofNanos(FairTime.nanos() - sent)).isLessThan(REFUSED_WITHIN);
        }
    }

    /** However much is requested, the operations that wait for the store are bounded. */
    private void flood() throws Exception {
        int most = 0;
        int last = 0;
        for (int i = 0; i < FLOOD; i++) {
            last = anna.offer(TestIds.fresh(), "ben", RawClient.gold(1), RawClient.gold(2));
            most = Math.max(most, store.stats().inFlight());
        }
        anna.answerTo(last);
        assertThat(most).isLessThanOrEqualTo(IN_FLIGHT_MAX);
    }

    /** Without anybody's help the accepted trade ends, new trades work, and unknown players get in. */
    private void comesBack(Deal open) throws Exception {
        assertThat(anna.tradeResult(open.id()).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        open.tell("anna", TradeOutcome.COMMITTED);
        Deal next = opened();
        TradeOutcome outcome =
                ben.answerTo(ben.accept(next.id(), "anna")).getTradeResult().getOutcome();
        assertThat(outcome).isEqualTo(TradeOutcome.COMMITTED);
        next.tell("ben", outcome);
        try (RawClient stranger = client("stranger")) {
            assertThat(stranger.inventory().getVersion()).isPositive();
        }
        await("nothing waits for the store").until(() -> store.stats().inFlight() == 0);
    }

    private RawClient client(String player) throws Exception {
        RawClient client = new RawClient(server.address());
        client.login(player);
        return client;
    }

    private static void expectUnavailable(ServerMessage answer) {
        assertThat(answer.getError().getCode()).as("%s", answer).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(answer.getError().getRetryAfterMs()).isPositive();
    }
}
