package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/** SIGTERM while everybody trades. */
@Timeout(120)
class ShutdownIT {
    private static final int EXIT_SECONDS_MAX = 30;
    private static final int COMMITS = 300;

    @TempDir
    Path folder;

    @Test
    void inATradeStormEveryCommittedTradeIsToldBeforeTheServerGoes() throws Exception {
        long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
        String when = "seed " + seed;
        try (TradeStorm storm = new TradeStorm(new Random(seed))) {
            try (ServerProcess server = ServerProcess.start(folder, TradeStorm.NO_LIMITS)) {
                storm.enter(server.address());
                storm.begin();
                storm.market().awaitCommits(COMMITS);
                server.terminate();
                server.terminate();
                assertThat(server.exitCode(EXIT_SECONDS_MAX)).as(when).isZero();
                storm.awaitEnd();
                // A room may say that the machine was slow; nothing else is to be said.
                assertThat(server.complaints().lines()).as(when).allMatch(line -> line.contains(" at one go "));
            }
            for (TestTrader trader : storm.traders()) {
                assertThat(trader.wasDrained()).as(when).isTrue();
                assertThat(trader.goodbye()).as(when).isEqualTo(ErrorCode.GOING_AWAY);
            }
            assertThat(new EmbeddedBooksAuditor(folder).audit(storm.market().deals()))
                    .as(when)
                    .isEmpty();
            long told = storm.market().committed();
            try (ServerProcess server = ServerProcess.start(folder, TradeStorm.NO_LIMITS)) {
                storm.enter(server.address());
                storm.settleDoubts();
            }
            assertThat(storm.market().committed())
                    .as("committed and not told, %s", when)
                    .isEqualTo(told);
            assertThat(storm.market().deals(deal -> !deal.isRefused() && deal.outcome() == null))
                    .as(when)
                    .isEmpty();
            assertThat(storm.market().deals(deal -> deal.outcome() == TradeOutcome.COMMITTED))
                    .as(when)
                    .hasSizeGreaterThanOrEqualTo(COMMITS);
        }
    }

    @Test
    void chatAndPlacesAreThereAfterTheRestart() throws Exception {
        Entity stood;
        try (ServerProcess server = ServerProcess.start(folder);
                RawClient anna = new RawClient(server.address());
                RawClient ben = new RawClient(server.address())) {
            anna.login("anna");
            ben.login("ben");
            ben.join("hall");
            Joined joined = anna.join("hall");
            stood = self(joined);
            int x = stood.getX() > 10 ? stood.getX() - 2 : stood.getX() + 2;
            int moved = anna.move(x, stood.getY());
            ben.expect(message -> message.getSnapshot().getSeqsList().contains(moved));
            stood = stood.toBuilder().setX(x).build();
            int said = anna.chat("see you");
            ben.expect(message -> message.getChat().getClientSeq() == said);
            server.terminate();
            ben.expect(ServerMessage::hasDraining);
            assertThat(ben.closedWith()).isEqualTo(ErrorCode.GOING_AWAY);
            assertThat(server.exitCode(EXIT_SECONDS_MAX)).isZero();
        }
        try (ServerProcess server = ServerProcess.start(folder);
                RawClient anna = new RawClient(server.address())) {
            anna.login("anna");
            Joined joined = anna.join("hall");
            assertThat(joined.getRecentChatList())
                    .extracting(ChatMessage::getText)
                    .containsExactly("see you");
            assertThat(self(joined).getX()).isEqualTo(stood.getX());
            assertThat(self(joined).getY()).isEqualTo(stood.getY());
        }
    }

    private static Entity self(Joined joined) {
        return joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getId() == joined.getSelf())
                .findFirst()
                .orElseThrow();
    }
}
