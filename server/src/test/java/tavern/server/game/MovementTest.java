package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Recording.Expelled;
import tavern.server.game.Recording.MoveRejected;
import tavern.server.game.Recording.Moved;

/** The speed is 160 steps a second: 8 in a tick of 50 ms, 40 of slack at the start, and never more than 200 saved. */
class MovementTest {
    private static final Position START = new Position(1000, 1000);

    private final Movement movement = new Movement(TestGame.SETTINGS, 1);
    private final Recording effects = new Recording();
    private long now = 1_000_000;

    @Test
    void aWalkAtFullSpeedIsAccepted() {
        int entity = enter(1);
        for (int tick = 1; tick <= 100; tick++) {
            now += 50;
            movement.move(entity, tick, 1000 + 8 * tick, 1000, now, effects);
            assertThat(effects.take()).containsExactly(new Moved(entity, 1000 + 8 * tick, 1000, tick));
        }
    }

    /** P-113: at 400 of 1000 a second of the clock brings 64 steps, and not 160. */
    @Test
    void inARoomThatIsSlowNobodyGoesFartherThanItsTimeAllows() {
        int entity = enter(1);
        movement.passTime(400, now);
        now += 1_000;
        movement.move(entity, 1, 1000 + 40 + 65, 1000, now, effects);
        movement.move(entity, 2, 1000 + 40 + 64, 1000, now, effects);
        assertThat(effects.take())
                .containsExactly(new MoveRejected(entity, 1, 1000, 1000), new Moved(entity, 1104, 1000, 2));
    }

    /** P-114: who hears of the new speed late does not walk into a rejection: what it costs is in the allowance. */
    @Test
    void aClientThatHearsOfEachStepAThirdOfASecondLateWalksOn() {
        int entity = enter(1);
        double x = 1000;
        for (int tick = 1; tick <= 300; tick++) {
            now += 50;
            if (tick % 6 == 0) {
                movement.passTime(rate(tick), now);
            }
            x += 8.0 * rate(tick - 6) / 1_000;
            movement.move(entity, tick, (int) x, 1000, now, effects);
            assertThat(effects.take()).as("tick %d", tick).containsExactly(new Moved(entity, (int) x, 1000, tick));
        }
    }

    private static int rate(int tick) {
        return Math.max(400, 1_000 - 40 * Math.max(0, tick / 6));
    }

    @Test
    void nobodyIsKickedForWalkingAtFullSpeedInASlowRoom() {
        int entity = enter(1);
        movement.passTime(400, now);
        for (int i = 1; i <= 100; i++) {
            now += 50;
            movement.move(entity, i, 3_000, 1_000, now, effects);
        }
        assertThat(effects.take()).hasSize(100).allMatch(MoveRejected.class::isInstance);
    }

    @Test
    void whoComesIntoASlowRoomHasTheAllowanceOfItsTime() {
        movement.passTime(500, now);
        now += 1_000;
        int entity = enter(1);
        now += 100;
        movement.move(entity, 1, 1000 + 49, 1000, now, effects);
        movement.move(entity, 2, 1000 + 48, 1000, now, effects);
        assertThat(effects.take())
                .containsExactly(new MoveRejected(entity, 1, 1000, 1000), new Moved(entity, 1048, 1000, 2));
    }

    @Test
    void manySmallMovesGoNoFartherThanOneLargeOne() {
        int entity = enter(1);
        for (int i = 1; i <= 41; i++) {
            movement.move(entity, i, 1000 + i, 1000, now, effects);
        }
        assertThat(effects.take()).hasSize(41).last().isEqualTo(new MoveRejected(entity, 41, 1040, 1000));
    }

    @Test
    void aMoveThatComesLateMayBeLonger() {
        int entity = enter(1);
        now += 500;
        movement.move(entity, 1, 1000, 1080, now, effects);
        assertThat(effects.take()).containsExactly(new Moved(entity, 1000, 1080, 1));
    }

    @Test
    void aMoveOfTenSecondsOfTravelAfterASilenceIsRejected() {
        int entity = enter(1);
        now += 10_000;
        movement.move(entity, 1, 1000 + 1600, 1000, now, effects);
        movement.move(entity, 2, 1000 + 200, 1000, now, effects);
        assertThat(effects.take())
                .containsExactly(new MoveRejected(entity, 1, 1000, 1000), new Moved(entity, 1200, 1000, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0",
        "0, -1",
        "3201, 1000",
        "1000, 1601",
        "2147483647, 2147483647",
        "-2147483648, -2147483648",
        "2147483647, -2147483648"
    })
    void aPlaceOffTheMapIsRejectedWithThePlaceThatHolds(int x, int y) {
        int entity = enter(1);
        now += 60_000;
        movement.move(entity, 1, x, y, now, effects);
        assertThat(effects.take()).containsExactly(new MoveRejected(entity, 1, 1000, 1000));
    }

    @Test
    void extremeMapsAndSpeedsDoNotOverflow() {
        GameSettings huge = new GameSettings(
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                0,
                20,
                List.of(),
                30,
                4,
                3,
                7,
                TestGame.SETTINGS.starterStacks(),
                List.of());
        Movement wide = new Movement(huge, 1);
        int entity = wide.enter(TestGame.player(1), new Position(0, 0), 0).id();
        wide.move(entity, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, effects);
        wide.move(entity, 2, Integer.MAX_VALUE, 0, Long.MAX_VALUE, effects);
        assertThat(effects.take())
                .as("the diagonal is 1.41 seconds of travel, one side is 1 second")
                .containsExactly(new MoveRejected(entity, 1, 0, 0), new Moved(entity, Integer.MAX_VALUE, 0, 2));
    }

    @Test
    void anOlderSeqIsIgnored() {
        int entity = enter(1);
        movement.move(entity, 7, 1001, 1000, now, effects);
        movement.move(entity, 7, 1002, 1000, now, effects);
        movement.move(entity, 6, 1003, 1000, now, effects);
        assertThat(effects.take()).containsExactly(new Moved(entity, 1001, 1000, 7));
    }

    @Test
    void theSeqWrapsAround() {
        int entity = enter(1);
        movement.move(entity, -1, 1001, 1000, now, effects); // 2^32-1
        movement.move(entity, 0, 1002, 1000, now, effects);
        movement.move(entity, -1, 1003, 1000, now, effects);
        assertThat(effects.take()).containsExactly(new Moved(entity, 1001, 1000, -1), new Moved(entity, 1002, 1000, 0));
    }

    @Test
    void whoRepeatsImpossibleMovesIsExpelledOnce() {
        int entity = enter(1);
        for (int i = 1; i <= 7; i++) {
            movement.move(entity, i, 3000, 1000, now, effects);
        }
        assertThat(effects.take())
                .hasSize(8)
                .contains(new Expelled(TestGame.player(1).id(), ErrorCode.KICKED), Index.atIndex(5));
    }

    @Test
    void oneImpossibleMoveASecondIsForgiven() {
        int entity = enter(1);
        for (int i = 1; i <= 50; i++) {
            now += 1000;
            movement.move(entity, i, 3000, 1000, now, effects);
        }
        assertThat(effects.take()).hasSize(50).allMatch(MoveRejected.class::isInstance);
    }

    @Test
    void theLowestFreeEntityIdIsUsedAgain() {
        assertThat(enter(1)).isEqualTo(1);
        assertThat(enter(2)).isEqualTo(2);
        assertThat(enter(3)).isEqualTo(3);
        movement.leave(2);
        assertThat(movement.entities()).extracting(Entity::id).containsExactly(1, 3);
        assertThat(enter(4)).isEqualTo(2);
    }

    @Test
    void manyEntitiesFit() {
        for (int i = 1; i <= 1000; i++) {
            assertThat(enter(i)).isEqualTo(i);
        }
        assertThat(movement.entities()).hasSize(1000);
    }

    @Test
    void movesOfEntitiesThatAreGoneOrNeverWereAreIgnored() {
        movement.leave(enter(1));
        for (int entity : new int[] {1, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            movement.move(entity, 1, 1001, 1000, now, effects);
        }
        assertThat(effects.take()).isEmpty();
    }

    @Test
    void aMoveMakesNoGarbage() {
        Effects silent = new SilentEffects();
        int entity = enter(1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        shuttle(entity, 20_000, silent);
        long before = threads.getCurrentThreadAllocatedBytes();
        shuttle(entity, 100_000, silent);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8_192);
    }

    /** Every fourth move is impossible. */
    private void shuttle(int entity, int moves, Effects silent) {
        movement.restartSeq(entity);
        for (int i = 1; i <= moves; i++) {
            now += 50;
            movement.move(entity, i, i % 4 == 0 ? -1 : 1000 + i % 4, 1000, now, silent);
        }
    }

    private int enter(int player) {
        return movement.enter(TestGame.player(player), START, now).id();
    }

    private static final class SilentEffects implements Effects {
        @Override
        public void refuse(PlayerId player, int seq, ErrorCode code, String text) {}

        @Override
        public void toRoom(RoomEvent event) {}

        @Override
        public void toPlayer(PlayerId player, int replyTo, PersonalEvent event) {}

        @Override
        public void moved(int entity, int x, int y, int seq) {}

        @Override
        public void moveRejected(int entity, int seq, int x, int y) {}

        @Override
        public void lookUpTrade(TradeId trade) {}

        @Override
        public void settle(Settlement settlement) {}

        @Override
        public void readInventory(Player player) {}

        @Override
        public void expel(PlayerId player, ErrorCode code, String text) {}
    }
}
