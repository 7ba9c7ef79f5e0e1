package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.PlayerId;
import tavern.game.Scene;

/** A scene in arrays does what one in maps does. */
final class RoomSceneTest {
    private static final int PLAYERS = 20;
    private static final int NPCS = 40;
    private static final int WIDTH = 900;
    private static final int HEIGHT = 350;

    private static final class Thing {
        final int kind;
        final @Nullable PlayerId player;
        int x;
        int y;
        final long[] attributes = new long[Scene.ATTRIBUTES];

        Thing(int kind, @Nullable PlayerId player, int x, int y) {
            this.kind = kind;
            this.player = player;
            this.x = x;
            this.y = y;
        }
    }

    /** What members would know who hear of every change. */
    private static final class Told implements RoomScene.Changes {
        final SortedMap<Integer, Thing> things = new TreeMap<>();

        Thing thing(int entity) {
            return Objects.requireNonNull(things.get(entity));
        }

        @Override
        public void spawned(int entity, int kind, int x, int y) {
            assertThat(things.put(entity, new Thing(kind, null, x, y))).isNull();
        }

        @Override
        public void removed(int entity) {
            assertThat(things.remove(entity)).isNotNull();
        }

        @Override
        public void placed(int entity, int x, int y) {
            thing(entity).x = x;
            thing(entity).y = y;
        }

        @Override
        public void set(int entity, int attribute, long value) {
            assertThat(attribute).isLessThan(Scene.TOLD_ATTRIBUTES);
            thing(entity).attributes[attribute] = value;
        }
    }

    private final Told told = new Told();
    private final RoomScene scene = new RoomScene(PLAYERS, NPCS, WIDTH, HEIGHT, 1, told);
    private final SortedMap<Integer, Thing> model = new TreeMap<>();

    @BeforeEach
    void aTickBegins() {
        scene.begin();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0})
    void asASceneInMaps(long given) {
        long seed = given == 0 ? System.nanoTime() : given;
        Random random = new Random(seed);
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(10) == 0) {
                scene.begin();
            }
            step(random);
            if (step % 50 == 0) {
                check(random, "seed " + seed + ", step " + step);
            }
        }
    }

    @Test
    void aSceneThatGoesOnElsewhereIsTheSame() {
        Random random = new Random(5);
        for (int step = 0; step < 2_000; step++) {
            scene.begin();
            step(random);
        }
        Told there = new Told();
        RoomScene next = new RoomScene(PLAYERS, NPCS, WIDTH, HEIGHT, 1, there);
        model.forEach((entity, thing) -> {
            if (thing.player != null) {
                next.entered(entity, thing.player, thing.x, thing.y);
                there.things.put(entity, new Thing(Scene.PLAYER, thing.player, thing.x, thing.y));
            }
        });
        next.restore(scene.things());

        assertThat(next.things()).isEqualTo(scene.things()).hasSizeGreaterThan(NPCS / 2);
        assertThat(there.things.keySet()).isEqualTo(told.things.keySet());
        there.things.forEach((entity, thing) -> {
            assertThat(thing.kind).isEqualTo(told.thing(entity).kind);
            assertThat(thing.attributes).isEqualTo(told.thing(entity).attributes);
        });
        next.begin();
        long npcs =
                model.values().stream().filter(thing -> thing.player == null).count();
        for (long i = npcs; i < NPCS; i++) {
            assertThat(model).doesNotContainKey(next.spawn(1, 0, 0));
        }
        assertThat(next.spawn(1, 0, 0)).as("more than there may be").isZero();
    }

    @Test
    void aSceneTakesNoNpcThatHasANumberOfPlayers() {
        RoomScene.Thing npc = new RoomScene.Thing(PLAYERS, 1, 0, 0, List.of());
        assertThatThrownBy(() -> scene.restore(List.of(npc))).isInstanceOf(IllegalArgumentException.class);
    }

    private void step(Random random) {
        int entity = 1 + random.nextInt(PLAYERS + NPCS);
        Thing thing = model.get(entity);
        int x = random.nextInt(WIDTH + 1);
        int y = random.nextInt(HEIGHT + 1);
        switch (random.nextInt(8)) {
            case 0 -> {
                int number = 1 + random.nextInt(PLAYERS);
                if (!model.containsKey(number)) {
                    PlayerId player = new PlayerId(100 + number);
                    scene.entered(number, player, x, y);
                    model.put(number, new Thing(Scene.PLAYER, player, x, y));
                    told.things.put(number, new Thing(Scene.PLAYER, player, x, y));
                }
            }
            case 1 -> {
                int kind = 1 + random.nextInt(3);
                // Now and then over the edge.
                int spawned = scene.spawn(kind, x - 50, y + 50);
                if (spawned != 0) {
                    Thing npc = new Thing(kind, null, Math.max(0, x - 50), Math.min(HEIGHT, y + 50));
                    assertThat(model.put(spawned, npc)).isNull();
                    assertThat(spawned).isGreaterThan(PLAYERS);
                } else {
                    // Some may have been removed in this tick.
                    scene.begin();
                    long npcs = model.values().stream()
                            .filter(other -> other.player == null)
                            .count();
                    assertThat(scene.spawn(1, 0, 0) == 0).isEqualTo(npcs == NPCS);
                    model.clear();
                    told.things.forEach((id, other) -> model.put(id, copy(other)));
                }
            }
            case 2 -> {
                if (thing != null && random.nextInt(3) == 0) {
                    if (thing.player == null) {
                        scene.remove(entity);
                    } else {
                        scene.left(entity);
                        told.things.remove(entity);
                    }
                    model.remove(entity);
                }
            }
            case 3, 4 -> {
                if (thing != null) {
                    scene.place(entity, x, y);
                    thing.x = x;
                    thing.y = y;
                }
            }
            case 5 -> {
                if (thing != null && thing.player != null) {
                    scene.moved(entity, x, y);
                    thing.x = x;
                    thing.y = y;
                    told.placed(entity, x, y);
                }
            }
            default -> {
                if (thing != null) {
                    int attribute = random.nextInt(Scene.ATTRIBUTES);
                    long value = random.nextInt(4) == 0 ? 0 : random.nextLong();
                    scene.set(entity, attribute, value);
                    thing.attributes[attribute] = value;
                }
            }
        }
    }

    /** The attributes that are not told are the scene's own. */
    private Thing copy(Thing other) {
        Thing copy = new Thing(other.kind, other.player, other.x, other.y);
        int entity = told.things.entrySet().stream()
                .filter(entry -> entry.getValue() == other)
                .findFirst()
                .orElseThrow()
                .getKey();
        for (int i = 0; i < Scene.ATTRIBUTES; i++) {
            copy.attributes[i] = scene.get(entity, i);
        }
        return copy;
    }

    private void check(Random random, String when) {
        for (int entity = 0; entity <= PLAYERS + NPCS + 1; entity++) {
            assertThat(scene.has(entity)).as("%d, %s", entity, when).isEqualTo(model.containsKey(entity));
        }
        for (int kind = 0; kind <= 3; kind++) {
            int wanted = kind;
            List<Integer> expected = model.entrySet().stream()
                    .filter(entry -> entry.getValue().kind == wanted)
                    .map(Map.Entry::getKey)
                    .toList();
            List<Integer> found = new ArrayList<>();
            scene.each(kind, found::add);
            assertThat(found).as(when).isEqualTo(expected);
            assertThat(scene.count(kind)).as(when).isEqualTo(expected.size());
        }
        model.forEach((entity, thing) -> {
            assertThat(scene.kind(entity)).isEqualTo(thing.kind);
            assertThat(scene.player(entity)).isEqualTo(thing.player);
            assertThat(scene.x(entity)).as(when).isEqualTo(thing.x);
            assertThat(scene.y(entity)).as(when).isEqualTo(thing.y);
            if (thing.player != null) {
                assertThat(scene.of(thing.player)).isEqualTo(entity);
            }
            Thing heard = told.thing(entity);
            assertThat(heard.x).as(when).isEqualTo(thing.x);
            assertThat(heard.y).as(when).isEqualTo(thing.y);
            for (int i = 0; i < Scene.ATTRIBUTES; i++) {
                assertThat(scene.get(entity, i)).as(when).isEqualTo(thing.attributes[i]);
                if (i < Scene.TOLD_ATTRIBUTES) {
                    assertThat(heard.attributes[i]).as(when).isEqualTo(thing.attributes[i]);
                }
            }
            int radius = random.nextInt(400);
            List<Integer> near = new ArrayList<>();
            scene.near(entity, radius, near::add);
            assertThat(near)
                    .as("near %d, %s", entity, when)
                    .isEqualTo(model.entrySet().stream()
                            .filter(other -> !other.getKey().equals(entity)
                                    && Math.hypot(other.getValue().x - thing.x, other.getValue().y - thing.y) <= radius)
                            .map(Map.Entry::getKey)
                            .toList());
        });
    }

    @Test
    void theNumberOfOneThatIsGoneIsFreeFromTheNextTickOn() {
        RoomScene small = new RoomScene(2, 1, 10, 10, 1, RoomScene.Changes.NONE);
        small.begin();
        int npc = small.spawn(1, 5, 5);
        assertThat(npc).isEqualTo(3);
        assertThat(small.spawn(1, 5, 5)).isZero();
        small.remove(npc);
        assertThat(small.spawn(1, 5, 5)).isZero();
        small.begin();
        assertThat(small.spawn(1, 5, 5)).isEqualTo(npc);
    }

    @Test
    void whoIsFoundMayBeRemovedAndAskedAboutMeanwhile() {
        int first = scene.spawn(1, 100, 100);
        int second = scene.spawn(1, 101, 100);
        int third = scene.spawn(1, 102, 100);
        List<Integer> found = new ArrayList<>();
        scene.near(first, 10, other -> {
            found.add(other);
            if (scene.has(third)) {
                scene.near(other, 1, found::add);
                scene.remove(third);
            }
        });
        assertThat(found).containsExactly(second, first, third);
    }

    @Test
    void whatCannotBeIsRefusedWithItsName() {
        int npc = scene.spawn(1, 100, 100);
        scene.entered(7, new PlayerId(1), 0, 0);

        assertThatThrownBy(() -> scene.spawn(0, 1, 1)).hasMessage("kind 0 of an NPC: must be greater than 0");
        assertThatThrownBy(() -> scene.x(8)).hasMessage("there is no entity 8 in this scene");
        assertThatThrownBy(() -> scene.get(npc, 16)).hasMessage("attribute 16, of 0 to 15");
        assertThatThrownBy(() -> scene.remove(7)).hasMessage("entity 7 is a player, who leaves by himself");
        assertThatThrownBy(() -> scene.entered(PLAYERS + 1, new PlayerId(2), 0, 0))
                .hasMessage("entity 21 of a player, of at most 20");
        assertThat(scene.of(new PlayerId(2))).isZero();
    }
}
