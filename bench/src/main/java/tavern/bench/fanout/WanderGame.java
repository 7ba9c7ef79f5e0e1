package tavern.bench.fanout;

import com.google.protobuf.Int64Value;
import java.util.List;
import java.util.function.IntConsumer;
import tavern.game.GameModule;
import tavern.game.GameType;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;

/** A hundred NPCs in each room, all of which move in each tick, one of which also changes an attribute. Loaded from a jar, as any game is. */
public final class WanderGame implements Moving<Int64Value, Int64Value, Int64Value> {
    static final String NAME = "wander";
    static final int NPCS = 100;

    private static final int KIND = 1;
    private static final int STEP = 9;

    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.getDefaultInstance();
    }

    @Override
    public Int64Value on(Int64Value state, Player from, Int64Value message, Turn<Int64Value> turn) {
        return state;
    }

    @Override
    public void tick(Int64Value state, Scene scene, Later<Int64Value> later, long now) {
        for (int i = scene.count(KIND); i < NPCS; i++) {
            scene.spawn(
                    KIND, scene.random().nextInt(scene.width()), scene.random().nextInt(scene.height()));
        }
        IntConsumer step = npc -> {
            int by = (npc + now / 500) % 2 == 0 ? STEP : -STEP;
            scene.place(npc, scene.x(npc) + by, scene.y(npc) - by);
            if (npc % NPCS == now / 50 % NPCS) {
                scene.set(npc, 0, now);
            }
        };
        scene.each(KIND, step);
    }

    @Override
    public Int64Value view(Int64Value state, Viewer viewer) {
        return state;
    }

    /** Names the game to the server. */
    public static final class Module implements GameModule {
        @Override
        public List<GameType<?, ?, ?>> games() {
            return List.of(GameType.of(NAME, new WanderGame(), Int64Value.parser(), Int64Value.parser()));
        }
    }
}
