package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;

/** The server's files cannot grow, which the store takes for a full disk. A limit of the process does it, for any user. */
@Timeout(120)
class DiskFullIT {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    private static final long ROOM_BYTES = 100_000;
    private static final int TRADES_MAX = 500;

    private final List<Deal> deals = new ArrayList<>();

    @TempDir
    Path folder;

    @Test
    void tradesWaitForRoomPlayGoesOnAndNothingIsDamaged() throws Exception {
        assumeTrue(Files.isExecutable(PRLIMIT), "needs " + PRLIMIT + " of util-linux to limit the server's files");
        try (ServerProcess server = ServerProcess.start(folder, TradeStorm.NO_LIMITS)) {
            try (RawClient anna = loggedIn(server, "anna");
                    RawClient ben = loggedIn(server, "ben")) {
                anna.join("hall");
                Joined joined = ben.join("hall");
                commit(anna, ben);
                long logBytes = Files.size(folder.resolve("tavern.db-wal"));
                limitFiles(server, Long.toString(logBytes + ROOM_BYTES));
                tradeUntilFull(anna, ben);
                moveAndChat(anna, ben, joined);
                limitFiles(server, "unlimited");
                hearCommitted(anna, "anna");
                hearCommitted(ben, "ben");
                commit(anna, ben);
                try (RawClient again = loggedIn(server, "anna")) {
                    assertThat(ToldHoldings.of(again.inventory()).stacks())
                            .containsEntry("gold", 1_000L - deals.size());
                }
            }
            assertThat(server.isAlive()).isTrue();
            server.terminate();
            assertThat(server.exitCode(30)).isZero();
        }
        assertThat(deals).hasSizeGreaterThan(2).allMatch(deal -> deal.outcome() == TradeOutcome.COMMITTED);
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals)).isEmpty();
    }

    private static RawClient loggedIn(ServerProcess server, String player) throws IOException {
        RawClient client = new RawClient(server.address());
        client.login(player);
        return client;
    }

    private void commit(RawClient anna, RawClient ben) throws IOException {
        if (!trade(anna, ben).hasTradeResult()) {
            // A slow disk has its say later.
            hearCommitted(anna, "anna");
            hearCommitted(ben, "ben");
        }
    }

    /** Trades until the answer is that it cannot be done now. */
    private void tradeUntilFull(RawClient anna, RawClient ben) throws IOException {
        for (int i = 0; i < TRADES_MAX; i++) {
            ServerMessage answer = trade(anna, ben);
            if (answer.hasError()) {
                assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(answer.getError().getRetryAfterMs()).isPositive();
                return;
            }
        }
        throw new AssertionError(TRADES_MAX + " trades, and the disk is not full");
    }

    /** One piece of gold from anna to ben. @return the answer to ben's accept */
    private ServerMessage trade(RawClient anna, RawClient ben) throws IOException {
        Deal deal = new Deal(TestIds.fresh(), "anna", "ben", RawClient.gold(1), RawClient.stacks(Map.of()));
        deals.add(deal);
        assertThat(anna.offered(deal.id(), "ben", deal.give(), deal.want()).hasTradeOpened())
                .isTrue();
        ben.expect(ServerMessage::hasTradeOffered);
        ServerMessage answer = ben.answerTo(ben.accept(deal.id(), "anna"));
        if (answer.hasTradeResult()) {
            deal.tell("ben", answer.getTradeResult().getOutcome());
            deal.tell("anna", anna.tradeResult(deal.id()).getOutcome());
        }
        return answer;
    }

    private void moveAndChat(RawClient anna, RawClient ben, Joined joined) throws IOException {
        var self = joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getId() == joined.getSelf())
                .findFirst()
                .orElseThrow();
        for (int i = 1; i <= 3; i++) {
            ben.move(self.getX() + (self.getX() > 10 ? -i : i), self.getY());
            anna.expect(message -> message.getSnapshot().getIdsList().contains(joined.getSelf()));
            int chat = ben.chat("no room for trades " + i);
            anna.expect(message -> message.getChat().getClientSeq() == chat);
        }
    }

    private void hearCommitted(RawClient client, String player) throws IOException {
        Deal waiting = deals.get(deals.size() - 1);
        TradeResult result = client.tradeResult(waiting.id());
        assertThat(result.getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        waiting.tell(player, result.getOutcome());
    }

    private static void limitFiles(ServerProcess server, String bytes) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder(
                        PRLIMIT.toString(), "--pid", Long.toString(server.pid()), "--fsize=" + bytes + ":unlimited")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(prlimit.exitValue()).isZero();
    }
}
