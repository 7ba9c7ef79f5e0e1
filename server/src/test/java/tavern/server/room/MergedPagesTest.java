package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;

/** P-100: a list made of two indexes tells what one index of all rooms would. */
final class MergedPagesTest {
    private static final int ROUNDS = 300;

    private static ListedRoom room(String name, int players, Map<String, String> metadata) {
        RoomInfo info = new RoomInfo(new RoomId(name), players, 10, false, metadata, "");
        return ListedRoom.of(info, info::players);
    }

    private static List<String> walk(
            ListedRooms own, ListedRooms elsewhere, String prefix, int max, Map<String, String> filter) {
        List<String> told = new ArrayList<>();
        String after = "";
        int pages = 0;
        do {
            RoomQuery query = new RoomQuery(prefix, after, max, filter);
            RoomPage page = RoomPage.merged(own.page(query), elsewhere.page(query), query);
            assertThat(page.rooms()).hasSizeLessThanOrEqualTo(max);
            page.rooms()
                    .forEach(room -> told.add(
                            room.opened().id().name() + " " + room.players().getAsInt()));
            after = page.next();
            assertThat(++pages).isLessThan(5_000);
        } while (!after.isEmpty());
        return told;
    }

    @Test
    void pagesTellEachRoomOnceInOrderWhateverServerHasIt() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            ListedRooms own = new ListedRooms();
            ListedRooms elsewhere = new ListedRooms();
            TreeMap<String, String> expected = new TreeMap<>();
            String padding = "x".repeat(round % 10 == 0 ? 900 : 1);
            int rooms = random.nextInt(round % 7 == 0 ? 900 : 60);
            boolean filtered = random.nextBoolean();
            for (int i = 0; i < rooms; i++) {
                String name = (random.nextInt(4) == 0 ? "b" : "a") + random.nextInt(500);
                boolean isDuel = random.nextInt(5) == 0;
                Map<String, String> metadata = Map.of("mode", isDuel ? "duel" : "team", "pad", padding);
                boolean fits = name.startsWith("a") && (!filtered || isDuel);
                int where = random.nextInt(5);
                if (expected.containsKey(name)
                        || elsewhere.page(new RoomQuery(name, "", 1, Map.of())).rooms().stream()
                                .anyMatch(other -> other.opened().id().name().equals(name))) {
                    continue;
                }
                if (where <= 2) {
                    own.add(room(name, 1, metadata));
                }
                if (where >= 2) {
                    elsewhere.add(room(name, 2, metadata));
                }
                if (fits) {
                    expected.put(name, name + " " + (where <= 2 ? 1 : 2));
                }
            }
            Map<String, String> filter = filtered ? Map.of("mode", "duel") : Map.of();
            assertThat(walk(own, elsewhere, "a", 1 + random.nextInt(50), filter))
                    .as("seed %d, round %d", seed, round)
                    .doesNotHaveDuplicates()
                    .containsExactlyElementsOf(expected.values());
        }
    }
}
