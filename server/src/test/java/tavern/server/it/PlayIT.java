package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;

/** Players log in, move, chat and trade. */
class PlayIT {
    @TempDir
    Path folder;

    private TestServer server;

    /** The settings that differ from the defaults, each {@code key=value}. */
    String[] settings() {
        return new String[0];
    }

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(folder, settings());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aNewPlayerGetsTheStarterKit() throws Exception {
        try (RawClient anna = new RawClient(server.address())) {
            Welcome welcome = anna.login("anna");
            assertThat(welcome.getPlayer()).isEqualTo("anna");
            assertThat(welcome.getResumed()).isFalse();
            assertThat(anna.inventory().getStacksList())
                    .anyMatch(stack -> stack.getKind().equals("gold"));
            assertThat(anna.inventory().getItemsList()).hasSize(2);
        }
    }

    @Test
    void aMoveIsSeenByTheOthersInTheNextSnapshot() throws Exception {
        try (RawClient anna = server.client("anna");
                RawClient ben = server.client("ben", "hall")) {
            Joined joined = anna.join("hall");
            var self = joined.getState().getEntitiesList().stream()
                    .filter(entity -> entity.getId() == joined.getSelf())
                    .findFirst()
                    .orElseThrow();
            int dx = self.getX() > 10 ? -3 : 3;
            int seq = anna.move(self.getX() + dx, self.getY());
            Snapshot snapshot = ben.expect(ServerMessage::hasSnapshot).getSnapshot();
            assertThat(snapshot.getIdsList()).containsExactly(joined.getSelf());
            assertThat(snapshot.getXsList()).containsExactly(dx);
            assertThat(snapshot.getYsList()).containsExactly(0);
            assertThat(snapshot.getSeqsList()).containsExactly(seq);
        }
    }

    @Test
    void chatComesToAllWithTheSameNumber() throws Exception {
        try (RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            int seq = anna.chat("hello");
            ServerMessage own = anna.expect(ServerMessage::hasChat);
            ServerMessage others = ben.expect(ServerMessage::hasChat);
            assertThat(own.getChat().getClientSeq()).isEqualTo(seq);
            assertThat(others).isEqualTo(own);
        }
    }

    @Test
    void aTradeMovesTheGoodsOfBothAndIsRememberedUnderItsId() throws Exception {
        try (RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            UUID id = TestIds.id(1_002);
            long sword = ben.firstItem();
            int offer = anna.offer(id, "ben", RawClient.gold(100), RawClient.item(sword));
            assertThat(anna.answerTo(offer).hasTradeOpened()).isTrue();
            assertThat(ben.expect(ServerMessage::hasTradeOffered)
                            .getTradeOffered()
                            .getFrom())
                    .isEqualTo("anna");
            int accept = ben.accept(id, "anna");
            TradeResult benGot = ben.answerTo(accept).getTradeResult();
            TradeResult annaGot = anna.tradeResult(id);
            assertThat(benGot.getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            assertThat(annaGot.getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            assertThat(annaGot.getChange().getItemsInList()).anyMatch(item -> item.getId() == sword);
            assertThat(annaGot.getChange().getCountsList())
                    .anyMatch(stack -> stack.getKind().equals("gold") && stack.getCount() == 900);
            assertThat(annaGot.getSerializedSize()).isLessThan(200);

            int repeat = anna.offer(id, "ben", RawClient.gold(100), RawClient.item(sword));
            assertThat(anna.answerTo(repeat).getTradeResult().getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        }
    }

    @Test
    void aResumedClientGetsExactlyWhatItMissed() throws Exception {
        RawClient anna = server.client("anna", "hall");
        try (RawClient ben = server.client("ben", "hall")) {
            anna.expect(ServerMessage::hasPlayerJoined);
            anna.cut();
            ben.chat("one");
            ben.chat("two");
            int last = ben.chat("three");
            ben.expect(message -> message.getChat().getClientSeq() == last);
            try (RawClient again = anna.resumed(server.address())) {
                assertThat(again.welcome().getResumed()).isTrue();
                assertThat(again.expect(ServerMessage::hasChat).getChat().getText())
                        .isEqualTo("one");
                assertThat(again.expect(ServerMessage::hasChat).getChat().getText())
                        .isEqualTo("two");
                assertThat(again.expect(ServerMessage::hasChat).getChat().getText())
                        .isEqualTo("three");
                again.expect(ServerMessage::hasFullState);
                int own = again.chat("back");
                assertThat(again.expect(ServerMessage::hasChat).getChat().getClientSeq())
                        .isEqualTo(own);
            }
        }
    }
}
