package tavern.examples.hub;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.protobuf.UInt32Value;
import tavern.game.GameType;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** The guide's example of a game whose things move: rabbits that run away, and are kept by who reaches them. */
final class RabbitHunt implements Moving<UInt32Value, StringValue, StringValue> {
    static final GameType<UInt32Value, StringValue, StringValue> HUNT =
            GameType.of("rabbits", new RabbitHunt(), UInt32Value.parser(), StringValue.parser());

    /** A kind of NPCs. */
    static final int RABBIT = 1;

    /** An attribute: for how many more ticks a rabbit runs. */
    static final int FEAR = 0;

    private static final int RABBITS = 20;
    private static final int STEP = 4;
    private static final int SIGHT = 10 * 16;
    private static final int REACH = 16;
    private static final int FENCE = 100 * 16;

    @Override
    public UInt32Value open(Opening opening) {
        return UInt32Value.getDefaultInstance();
    }

    @Override
    public UInt32Value on(UInt32Value caught, Player from, StringValue message, Turn<StringValue> turn) {
        throw turn.refuse(ErrorCode.UNSUPPORTED, "nobody talks here");
    }

    @Override
    public void tick(UInt32Value caught, Scene scene, Later<StringValue> later, long now) {
        for (int i = scene.count(RABBIT); i < RABBITS; i++) {
            scene.spawn(
                    RABBIT,
                    scene.random().nextInt(scene.width()),
                    scene.random().nextInt(scene.height()));
        }
        scene.each(RABBIT, rabbit -> {
            scene.near(rabbit, SIGHT, other -> meet(scene, rabbit, other, later));
            if (scene.has(rabbit) && scene.get(rabbit, FEAR) > 0) {
                run(scene, rabbit);
            }
        });
    }

    private static void run(Scene scene, int rabbit) {
        scene.set(rabbit, FEAR, scene.get(rabbit, FEAR) - 1);
        scene.place(
                rabbit,
                scene.x(rabbit) + scene.random().nextInt(-STEP, STEP + 1),
                scene.y(rabbit) + scene.random().nextInt(-STEP, STEP + 1));
    }

    private static void meet(Scene scene, int rabbit, int other, Later<StringValue> later) {
        PlayerId player = scene.player(other);
        if (player == null || !scene.has(rabbit)) {
            return; // another rabbit, or somebody else has just caught this one
        }
        scene.set(rabbit, FEAR, 20);
        boolean isReached = Math.abs(scene.x(rabbit) - scene.x(other)) <= REACH
                && Math.abs(scene.y(rabbit) - scene.y(other)) <= REACH;
        if (isReached && later.turn(ByteString.copyFromUtf8(player.toString()))) {
            scene.remove(rabbit);
            later.tellAll(StringValue.of("a squeak"));
        }
    }

    @Override
    public UInt32Value later(UInt32Value caught, ByteString what, Turn<StringValue> turn) {
        turn.give(new PlayerId(Long.parseLong(what.toStringUtf8())), "rabbit", 1);
        UInt32Value next = UInt32Value.of(caught.getValue() + 1);
        turn.tellAll(StringValue.of(next.getValue() + " were caught here"));
        return next;
    }

    @Override
    public boolean mayMove(UInt32Value caught, Scene scene, int entity, int x, int y) {
        return x <= FENCE || caught.getValue() >= 10;
    }

    @Override
    public StringValue view(UInt32Value caught, Viewer viewer) {
        return StringValue.of(caught.getValue() + " were caught here");
    }
}
