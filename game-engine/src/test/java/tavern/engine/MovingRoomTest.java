package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tavern.game.Later;
import tavern.game.RoomId;

/** Ticks: what they see, what they tell, and the turns that they begin. */
final class MovingRoomTest {
    private final RestlessGame game = new RestlessGame();
    private final RoomScene scene = new RoomScene(10, 10, 200, 200, 1, RoomScene.Changes.NONE);
    private final GameRoom room = new GameRoom(game.type(), new RoomId("r"), EngineLimits.DEFAULT, Map.of());
    private long now = 1_000;

    private void open() {
        room.begin(KeptOptions.NONE, 7, now);
        commitAll();
    }

    private List<Output> commitAll() {
        List<Output> out = new ArrayList<>();
        while (!room.pending().isEmpty()) {
            out.addAll(room.committed(room.pending().get(0).revision(), now));
        }
        return out;
    }

    private List<Output> tick() {
        now += 50;
        return room.move(scene, now);
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    @Test
    void aTickSeesTheStateThatIsDurable() {
        open();
        room.joined(RoomBench.ANN, new RoomBench.Purse(), now);
        commitAll();
        room.said(RoomBench.ANN.id(), 1, 0, StringValue.of("a").toByteString(), now);
        tick();
        assertThat(game.seen).isEmpty();
        commitAll();
        tick();
        assertThat(game.seen).isEqualTo("a");
    }

    /** Its time goes more slowly than the clock, and never back, whatever the clock does. */
    @Test
    void aTickSeesTheTimeOfTheScene() {
        open();
        room.move(scene, 2_000, 0);
        assertThat(game.seenNow).isEqualTo(2_000);
        room.move(scene, 2_100, 60);
        assertThat(game.seenNow).isEqualTo(2_040);
        room.move(scene, 1_500, 65);
        assertThat(game.seenNow).isEqualTo(2_040);
        room.move(scene, 2_200, 120);
        assertThat(game.seenNow).isEqualTo(2_080);
    }

    @Test
    void theTimeOfASceneThatComesFromAnotherHostDoesNotGoBack() {
        open();
        room.sceneGoesOn(2_040);
        room.move(scene, 2_000, 60);
        assertThat(game.seenNow).isEqualTo(2_040);
        room.move(scene, 2_200, 60);
        assertThat(game.seenNow).isEqualTo(room.sceneMillis()).isEqualTo(2_140);
    }

    @Test
    void aTurnThatATickBeginsIsToldWhenItIsDurable() {
        open();
        game.tick = (scene, later) -> assertThat(later.turn(bytes("b"))).isTrue();

        List<Output> out = tick();
        assertThat(out).singleElement().isInstanceOf(Output.Submit.class);
        assertThat(commitAll())
                .containsExactly(new Output.TellAll(StringValue.of("later").toByteString(), null));
        game.tick = (scene, later) -> {};
        tick();
        assertThat(game.seen).isEqualTo("b");
    }

    @Test
    void aTurnThatFailsIsLoggedAndNotTriedAgain() {
        open();
        game.tick = (scene, later) -> later.turn(bytes("throw"));
        assertThat(tick())
                .singleElement()
                .isInstanceOfSatisfying(
                        Output.Failed.class,
                        failed -> assertThat(failed.failure()).hasMessage("thrown"));
        game.tick = (scene, later) -> {};
        assertThat(tick()).isEmpty();
        assertThat(room.isSettling()).isFalse();
    }

    @Test
    void aTurnThatTheGameRefusesIsNoFault() {
        open();
        game.tick = (scene, later) -> later.turn(bytes("refuse"));
        assertThat(tick()).isEmpty();
        assertThat(room.isSettling()).isFalse();
    }

    @Test
    void aTurnWhoseCommitIsRefusedIsForgottenAndItsPlaceIsFreeAgain() {
        open();
        game.tick = (scene, later) -> {
            for (int i = 0; i < EngineLimits.TICK_TURNS_MAX; i++) {
                assertThat(later.turn(bytes("x"))).isTrue();
            }
            assertThat(later.turn(bytes("x"))).isFalse();
        };
        tick();
        game.tick = (scene, later) -> assertThat(later.turn(bytes("y"))).isFalse();
        tick();
        List<Output> refused = room.refused(
                room.pending().get(0).revision(), tavern.protocol.v1.ErrorCode.TRADE_INSUFFICIENT, "missing", now);
        assertThat(refused).hasSize(EngineLimits.TICK_TURNS_MAX - 1).allMatch(Output.Submit.class::isInstance);
        game.tick = (scene, later) -> {
            assertThat(later.turn(bytes("y"))).isTrue();
            assertThat(later.turn(bytes("y"))).isFalse();
        };
        tick();
        commitAll();
        game.tick = (scene, later) -> assertThat(later.turn(bytes("z"))).isTrue();
        tick();
        assertThat(game.seen).isEqualTo("x".repeat(63) + "y");
    }

    @Test
    void theBytesOfTurnsUnderWayAreBounded() {
        open();
        game.tick = (scene, later) -> {
            assertThat(later.turn(ByteString.copyFrom(new byte[60 * 1024]))).isTrue();
            assertThat(later.turn(ByteString.copyFrom(new byte[5 * 1024]))).isFalse();
            assertThat(later.turn(bytes("small"))).isTrue();
        };
        tick();
    }

    @Test
    void volatileEventsAreBoundedForEachTick() {
        open();
        StringValue large = StringValue.of("x".repeat(30 * 1024));
        game.tick = (scene, later) -> {
            assertThat(later.tellAll(large)).isTrue();
            assertThat(later.tell(RoomBench.ANN.id(), large)).isTrue();
            assertThat(later.tellAll(large)).isFalse();
            assertThat(later.tellAll(StringValue.of("y"))).isTrue();
        };
        for (int i = 0; i < 3; i++) {
            assertThat(tick())
                    .containsExactly(
                            new Output.TellVolatile(null, large.toByteString()),
                            new Output.TellVolatile(RoomBench.ANN.id(), large.toByteString()),
                            new Output.TellVolatile(null, StringValue.of("y").toByteString()));
        }
        game.tick = (scene, later) -> {
            for (int i = 0; i < EngineLimits.TICK_EVENTS_MAX; i++) {
                assertThat(later.tellAll(StringValue.of("y"))).isTrue();
            }
            assertThat(later.tellAll(StringValue.of("y"))).isFalse();
        };
        assertThat(tick()).hasSize(EngineLimits.TICK_EVENTS_MAX);
    }

    @Test
    void aRoomThatIsNotOpenHasNoTicks() {
        room.begin(KeptOptions.NONE, 7, now);
        assertThatThrownBy(this::tick).isInstanceOf(IllegalStateException.class).hasMessageContaining("not open");
        commitAll();
        assertThat(tick()).isEmpty();
    }

    @Test
    void aTickThatThrowsLeavesTheSceneAsItWasAndTheRoomGoesOn() {
        open();
        game.tick = (scene, later) -> {
            scene.spawn(3, 10, 10);
            later.tellAll(StringValue.of("before"));
            later.turn(bytes("kept"));
            throw new IllegalStateException("thrown");
        };
        assertThat(tick())
                .anyMatch(output -> output instanceof Output.Failed failed
                        && "thrown".equals(failed.failure().getMessage()))
                .anyMatch(Output.TellVolatile.class::isInstance)
                .anyMatch(Output.Submit.class::isInstance);
        assertThat(scene.count(3)).isEqualTo(1);
        game.tick = (scene, later) -> scene.each(3, scene::remove);
        assertThat(tick()).isEmpty();
        assertThat(scene.count(3)).isZero();
    }

    @Test
    void aTickMayNotKeepWhatItWasGiven() {
        open();
        List<Later<StringValue>> kept = new ArrayList<>();
        game.tick = (scene, later) -> kept.add(later);
        tick();
        assertThatThrownBy(() -> kept.get(0).turn(bytes("x"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get(0).tellAll(StringValue.of("x"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> scene.spawn(1, 0, 0)).hasMessage("only a tick may change the scene");
    }

    @Test
    void theGameIsAskedAboutMoves() {
        open();
        assertThat(room.isMoving()).isTrue();
        assertThat(room.mayMove(scene, 1, 99, 5)).isTrue();
        assertThat(room.mayMove(scene, 1, 100, 5)).isFalse();
    }

    @Test
    void aVersionInWhichNothingMovesCannotTakeOver() {
        open();
        var still = tavern.game.GameType.of("restless", new ScriptGame(), StringValue.parser(), StringValue.parser());
        assertThatThrownBy(() -> room.readBy(still))
                .hasMessage("game restless has no things that move, other than while room r was open");
    }
}
