package tavern.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tavern.game.GameType;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;

/** Storms find what is planted in the ticks of a game, and nothing in one that is all right. */
final class MovingStormTest {
    private static int counter;

    /** An NPC that walks by chance and counts its steps in the state, ten at a time. */
    private static class Wanderer implements Moving<StringValue, StringValue, StringValue> {
        @Override
        public StringValue open(Opening opening) {
            return StringValue.getDefaultInstance();
        }

        @Override
        public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
            return state;
        }

        @Override
        public void tick(StringValue state, Scene scene, Later<StringValue> later, long now) {
            if (scene.count(1) == 0) {
                scene.spawn(1, 0, 0);
            }
            scene.each(1, npc -> {
                scene.place(
                        npc,
                        scene.random().nextInt(scene.width()),
                        step(scene.random().nextInt(99)));
                scene.set(npc, Scene.TOLD_ATTRIBUTES, scene.get(npc, Scene.TOLD_ATTRIBUTES) + 1);
                if (scene.get(npc, Scene.TOLD_ATTRIBUTES) % 10 == 0) {
                    later.turn(ByteString.copyFromUtf8("x"));
                    later.tellAll(StringValue.of("step"));
                }
            });
        }

        int step(int chance) {
            return chance;
        }

        @Override
        public StringValue later(StringValue state, ByteString what, Turn<StringValue> turn) {
            String steps = state.getValue() + what.toStringUtf8();
            return StringValue.of(steps.substring(Math.max(0, steps.length() - 100)));
        }

        @Override
        public StringValue view(StringValue state, Viewer viewer) {
            return state;
        }
    }

    private static GameTest<StringValue, StringValue, StringValue> test(Wanderer game) {
        return GameTest.of(
                        GameType.of("wanderer", game, StringValue.parser(), StringValue.parser()), StringValue.parser())
                .players("ann", "ben");
    }

    @Test
    void ticksComeWhileSomebodyIsThere() {
        var t = test(new Wanderer());
        t.passes(Duration.ofSeconds(1));
        assertThat(t.state().getValue()).isEqualTo("xx");
        assertThat(t.hinted("ann")).hasSize(2);
        t.cut("ann");
        t.passes(Duration.ofMillis(500));
        assertThat(t.hinted("ann")).hasSize(2);
        assertThat(t.hinted("ben")).hasSize(3);
        t.leaves("ann");
        t.leaves("ben");
        t.passes(Duration.ofMinutes(1));
        assertThat(t.state().getValue()).isEqualTo("xxx");
    }

    @Test
    void aGameThatIsAllRightPasses() {
        test(new Wanderer()).storm(10_000, 1, (random, who, state) -> StringValue.of("hello"));
    }

    @Test
    void aStaticCounterInATickIsFound() {
        var t = test(new Wanderer() {
            @Override
            int step(int chance) {
                counter++;
                return counter % 100;
            }
        });
        assertThatThrownBy(() -> t.storm(5_000, 3, (random, who, state) -> StringValue.of("hello")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ticks that are computed again make another scene");
    }

    @Test
    void aTickThatThrowsIsFound() {
        var t = test(new Wanderer() {
            @Override
            int step(int chance) {
                if (chance == 77) {
                    throw new IllegalStateException("planted");
                }
                return chance;
            }
        });
        assertThatThrownBy(() -> t.storm(5_000, 3, (random, who, state) -> StringValue.of("hello")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a tick of the game")
                .hasMessageContaining("planted");
    }
}
