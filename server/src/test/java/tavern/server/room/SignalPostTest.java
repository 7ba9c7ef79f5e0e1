package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tavern.game.RoomId;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Node;
import tavern.server.store.LeaseKey;

final class SignalPostTest {
    @Test
    void itIsSaidThatSignalsDoNotReachRoomsOfOtherServers() {
        Node other = new Node("two", "127.0.0.1", 2);

        assertThat(SignalPost.reason(new HeldElsewhereException(LeaseKey.room(new RoomId("inn")), other, 5)))
                .contains("another server has that room", "two");
        assertThat(SignalPost.reason(new IllegalStateException("shut"))).isEqualTo("shut");
    }
}
