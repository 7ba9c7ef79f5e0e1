package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;

/** P-36 to P-38 over real sockets: a room of hundreds, cut into cells. */
class CrowdIT {
    private static final String ARENA = "arena";
    private static final int PLAYERS = 300;
    private static final int CELL = 20 * 16;
    private static final int EDGE = 100 * 16;
    /** The length of a step: less than a player may walk between two rounds of all players. */
    private static final int STEP = 12;

    @RegisterExtension
    final Tavern tavern = Tavern.with(
            "room.interest.from-capacity=300",
            "room.interest.cell-size=20",
            "room.capacity=300",
            "game.map-width=100",
            "game.map-height=100",
            "game.max-speed=50",
            "limits.outbound-stalled-seconds=120",
            "limits.outbound-bytes-max=67108864",
            "limits.rates.joins=1000",
            "limits.rates.moves=1000",
            "limits.rates.whispers=10000",
            "limits.frames-per-second=100000",
            "limits.rates.pings=1000",
            "limits.chat-characters-max=4000",
            "limits.idle-seconds=120",
            "limits.resume-seconds=120");

    private final Random random = new Random(7);
    private final List<Walker> walkers = new ArrayList<>();

    /** A player who walks, and knows what a client of this protocol knows. */
    private static final class Walker {
        private final Places places = new Places();
        private RawClient client;
        private int self;
        private int moved;
        private double heading;

        Walker(RawClient client) {
            this.client = client;
        }

        void join() throws IOException {
            ServerMessage answer = client.answerTo(client.send(Say.join(ARENA)));
            places.hear(answer);
            Joined joined = answer.getJoined();
            self = joined.getSelf();
            assertThat(joined.getCellSize()).isEqualTo(CELL);
        }

        Places.Place place() {
            return Objects.requireNonNull(places.inView().get(self));
        }

        void walk(Random random) throws IOException {
            heading += random.nextDouble() - 0.5;
            Places.Place at = place();
            moved = client.move((int) Math.max(0, Math.min(EDGE, at.x() + STEP * Math.cos(heading))), (int)
                    Math.max(0, Math.min(EDGE, at.y() + STEP * Math.sin(heading))));
        }

        /** Reads until the player's own move has come back or was refused. */
        void hearOfTheMove() throws IOException {
            while (place().seq() != moved) {
                hear();
            }
        }

        ServerMessage hear() throws IOException {
            ServerMessage message = client.read();
            places.hear(message);
            assertThat(message.hasMoveRejected()).isFalse();
            assertThat(message.hasError()).as("%s", message).isFalse();
            return message;
        }

        /** Reads until nothing is on its way. */
        void catchUp() throws IOException {
            int asked = client.ping(1);
            while (hear().getReplyTo() != asked) {
                // goes on
            }
        }
    }

    @Test
    void whoWalksStaysAwayOrStopsReadingKnowsInTheEndExactlyWhoIsNear() throws Exception {
        for (int i = 0; i < PLAYERS; i++) {
            Walker walker = new Walker(i == 0 ? tavern.stranger(4_096) : tavern.stranger());
            walker.client.login("player" + i);
            walker.join();
            walkers.add(walker);
        }
        Walker slow = walkers.get(0);
        Walker lost = walkers.get(1);
        Walker chatter = walkers.get(2);
        for (Walker walker : walkers) {
            walker.catchUp();
        }
        int anew = slow.places.anew();

        for (int i = 0; i < 250; i++) {
            // More than the kernel buffers for a client that does not read.
            chatter.client.send(Say.whisper("player0", "x".repeat(4_000)));
        }
        chatter.catchUp();
        List<Walker> walking = walkers.subList(1, PLAYERS);
        rounds(walking, 10);
        lost.client.cut();
        rounds(walkers.subList(2, PLAYERS), 10);
        lost.client = tavern.resumed(lost.client);
        assertThat(lost.client.welcome().getResumed()).isTrue();
        lost.client.skipped().forEach(lost.places::hear);
        while (!lost.hear().hasFullState()) {
            // what was missed
        }
        rounds(walking, 10);

        await("all know all who are near").until(() -> {
            for (Walker walker : walkers) {
                walker.catchUp();
            }
            return walkers.stream().allMatch(this::knowsWhoIsNear);
        });
        assertThat(slow.places.anew())
                .as("snapshots were left out and replaced")
                .isGreaterThan(anew);
        double known = walkers.stream()
                .mapToInt(walker -> walker.places.inView().size())
                .average()
                .orElseThrow();
        assertThat(known).isBetween(PLAYERS * 0.15, PLAYERS * 0.6);
    }

    private void rounds(List<Walker> walking, int count) throws IOException {
        for (int round = 0; round < count; round++) {
            for (Walker walker : walking) {
                walker.walk(random);
            }
            for (Walker walker : walking) {
                walker.hearOfTheMove();
            }
        }
    }

    /** Each player sees exactly the players that P-36 puts near, at the places that these know of themselves. */
    private boolean knowsWhoIsNear(Walker viewer) {
        for (Walker other : walkers) {
            Places.Place seen = viewer.places.inView().get(other.self);
            int distance = Math.max(
                    Math.abs(viewer.place().x() - other.place().x()),
                    Math.abs(viewer.place().y() - other.place().y()));
            boolean seesBack = other.places.inView().containsKey(viewer.self);
            boolean right = seen == null
                    ? distance > CELL * 3 / 4 && !seesBack
                    : seen.equals(other.place()) && distance <= CELL * 9 / 4 && seesBack;
            if (!right) {
                return false;
            }
        }
        return true;
    }

    @Test
    @With("room.capacity=299")
    void inASmallerRoomEverybodySeesEverybody() throws Exception {
        RawClient anna = tavern.client("anna");
        tavern.client("ben", ARENA);
        Joined joined = anna.join(ARENA);
        assertThat(joined.getCellSize()).isZero();
        assertThat(joined.getState().getEntitiesList()).hasSize(2).noneMatch(entity -> entity.getAway());
    }
}
