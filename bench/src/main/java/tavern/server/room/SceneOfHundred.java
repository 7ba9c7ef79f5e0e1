package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tavern.engine.RoomScene;
import tavern.game.PlayerId;

/** The scene of a room with twenty players and a hundred NPCs, and the snapshots that tell of it. */
public final class SceneOfHundred implements RoomScene.Changes {
    public static final int PLAYERS = 20;
    public static final int NPCS = 100;

    private static final int MAP = 3_200;
    private static final int STEP = 9;

    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final RoomScene scene = new RoomScene(PLAYERS, NPCS, MAP, MAP, 1, this);
    /** Made once: a method reference that knows its object is one more object at each use. */
    private final IntConsumer step = this::step;

    private final IntConsumer lookAround = this::lookAround;
    private final IntConsumer count = this::count;
    private int near;
    private int tick;

    public SceneOfHundred() {
        scene.begin();
        for (int i = 1; i <= PLAYERS; i++) {
            scene.entered(i, new PlayerId(i), MAP / 2, MAP / 2);
            snapshots.place(i, MAP / 2, MAP / 2, 0);
        }
        for (int i = 0; i < NPCS; i++) {
            scene.spawn(1, i * MAP / NPCS, i * MAP / NPCS);
        }
    }

    /** A player moves, as after the rules' checks. */
    public void move(int player, int seq, int x, int y) {
        snapshots.moved(player, x, y, seq);
        scene.moved(player, x, y);
    }

    /** All NPCs move, and an attribute of each changes. */
    public void walk() {
        tick++;
        scene.each(1, step);
    }

    private void step(int npc) {
        int by = (tick & 1) == 0 ? STEP : -STEP;
        scene.place(npc, scene.x(npc) + by, scene.y(npc) - by);
        scene.set(npc, 0, tick);
    }

    /** Looks around each NPC. @return how many were near */
    public int look() {
        near = 0;
        scene.each(1, lookAround);
        return near;
    }

    private void lookAround(int npc) {
        scene.near(npc, 160, count);
    }

    private void count(int other) {
        near++;
    }

    public @Nullable ByteBuf snapshot() {
        return snapshots.encode(tick, PooledByteBufAllocator.DEFAULT);
    }

    @Override
    public void spawned(int entity, int kind, int x, int y) {
        snapshots.appear(entity, kind, x, y);
    }

    @Override
    public void placed(int entity, int x, int y) {
        snapshots.moved(entity, x, y, 0);
    }

    @Override
    public void set(int entity, int attribute, long value) {
        snapshots.attribute(entity, attribute, value);
    }
}
