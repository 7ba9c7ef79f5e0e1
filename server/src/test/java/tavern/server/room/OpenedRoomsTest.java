package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tavern.game.PlayerId;

final class OpenedRoomsTest {
    private final OpenedRooms opened = new OpenedRooms(2, 3);

    private static RoomOpener opener(long player, String network) {
        return new RoomOpener(new PlayerId(player), network);
    }

    @Test
    void aPlayerAndAnAddressHaveTheirRoomsUntilTheseClose() {
        assertThat(opened.take(opener(1, "a"))).isNull();
        assertThat(opened.take(opener(1, "b"))).isNull();
        assertThat(opened.take(opener(1, "a"))).contains("rooms-per-player-max");
        assertThat(opened.take(opener(2, "a"))).isNull();
        assertThat(opened.take(opener(3, "a"))).isNull();
        assertThat(opened.take(opener(4, "a"))).contains("rooms-per-address-max");
        assertThat(opened.take(opener(4, "b"))).isNull();

        opened.release(opener(3, "a"));
        assertThat(opened.take(opener(4, "a")))
                .as("what was refused was not counted")
                .isNull();
        assertThat(opened.take(opener(3, "a"))).isNotNull();
        assertThat(opened.take(opener(3, "c"))).isNull();
    }

    @Test
    void addressesThatAreNotCountedMayOpenAnyNumber() {
        for (int player = 1; player <= 100; player++) {
            assertThat(opened.take(opener(player, ""))).isNull();
        }
        assertThat(opened.take(opener(1, ""))).isNull();
        assertThat(opened.take(opener(1, ""))).contains("rooms-per-player-max");
    }
}
