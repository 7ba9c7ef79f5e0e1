package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;

final class LeastLoadedTest {
    private static final RoomId HALL = new RoomId("hall");
    private static final LeastLoaded QUARTER = new LeastLoaded(250);

    static NodeReport node(String id, int players) {
        return node(id, players, "1.0 test");
    }

    static NodeReport node(String id, int players, String version) {
        return new NodeReport(
                new Node(id, "127.0.0.1", 7_777),
                1,
                version,
                new NodeMix(2, 3, 1, 1),
                false,
                Set.of("chess", "go"),
                new NodeLoad(players, 1_000, players, 2_000, 5, 1_000, 120, 340, 1L << 33, 1L << 34));
    }

    @Test
    void aRoomStaysUnlessAnotherServerIsMuchLessLoaded() {
        assertThat(QUARTER.elsewhere(HALL, node("self", 500), List.of(node("a", 300)), false))
                .isEmpty();
        assertThat(QUARTER.elsewhere(HALL, node("self", 600), List.of(node("a", 300), node("b", 590)), false))
                .contains(node("a", 300));
        assertThat(QUARTER.elsewhere(HALL, node("self", 0), List.of(node("a", 900)), true))
                .as("when it must leave")
                .contains(node("a", 900));
    }

    @Test
    void roomsAreSpreadOverServersThatAreAboutAsLittleLoaded() {
        Set<String> chosen = new HashSet<>();
        List<NodeReport> others = List.of(node("a", 300), node("b", 320), node("c", 900));
        for (int i = 0; i < 50; i++) {
            QUARTER.elsewhere(new RoomId("room" + i), node("self", 950), others, false)
                    .ifPresent(node -> chosen.add(node.node().id()));
        }
        assertThat(chosen).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aReportIsReadAsItWasWritten() {
        NodeReport report = node("a", 17);
        assertThat(NodeReport.parse(report.text() + " of-tomorrow=1")).isEqualTo(report);
        assertThatThrownBy(() -> NodeReport.parse("not ours")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void serversThatHaveNoVersionInCommonCannotShareARealm() {
        NodeMix now = new NodeMix(2, 3, 4, 5);
        assertThat(now.conflict(new NodeMix(3, 4, 5, 6))).isNull();
        assertThat(now.conflict(new NodeMix(4, 5, 4, 5))).contains("versions 4 to 5 of the protocol");
        assertThat(now.conflict(new NodeMix(1, 1, 4, 5))).contains("versions 1 to 1 of the protocol");
        assertThat(now.conflict(new NodeMix(2, 3, 6, 7))).contains("formats 6 to 7");
        assertThat(now.conflict(new NodeMix(2, 3, 1, 3))).contains("formats 1 to 3");
    }

    /** P-108, P-115: it would give up the seats of players who are still coming. */
    @Test
    void aServerThatDoesNotKnowTheQuestionsOfThisOneIsNoneToLiveWith() {
        NodeMix now = new NodeMix(2, 3, NodeMix.FORMAT_MIN, NodeMix.FORMAT);
        assertThat(now.conflict(new NodeMix(2, 3, 1, 1))).contains("formats 1 to 1");
    }
}
