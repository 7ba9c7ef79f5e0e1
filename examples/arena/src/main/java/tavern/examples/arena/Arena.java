package tavern.examples.arena;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.random.RandomGenerator;
import tavern.examples.arena.v1.ArenaIn;
import tavern.examples.arena.v1.ArenaOut;
import tavern.examples.arena.v1.ArenaState;
import tavern.examples.arena.v1.ArenaView;
import tavern.examples.arena.v1.Blow;
import tavern.examples.arena.v1.Judged;
import tavern.examples.arena.v1.Monster;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/**
 * Where everybody is. What they do to each other is in {@link Fight}: which monsters live, and with how many hit points, is
 * kept, and the scene shows it.
 *
 * <p>A turn does not see who stands where, so a blow takes two: the first keeps it, the next tick looks whether it reaches the
 * monster, and the second one lands it.
 */
final class Arena implements Moving<ArenaState, ArenaIn, ArenaOut> {
    /** Attributes of monsters that clients see. */
    static final int HIT_POINTS = 0;

    static final int NUMBER = 1;

    /** How far a blow reaches, in 1/16 of a unit, as all here. */
    static final int REACH = 3 * 16;

    /** From the middle of the map to the wall. */
    static final int WALL = 25 * 16;

    /** Attributes that only this class sees: where a monster is going. */
    private static final int GOES_X = 8;

    private static final int GOES_Y = 9;

    /** Of players: whether they were put into the middle, the newest blow that was judged, and whether it reaches. */
    private static final int ARRIVED = 10;

    private static final int JUDGED = 11;
    private static final int REACHES = 12;

    private static final int STEP = 4;
    private static final int SIGHT = 10 * 16;
    private static final int TICKS_OF_A_WAY = 30;

    @Override
    public ArenaState open(Opening opening) {
        int monsters = Integer.parseInt(opening.settings().getOrDefault("monsters", "12"));
        if (monsters < 1 || monsters > Fight.MONSTERS_MAX) {
            throw new IllegalArgumentException("monsters is " + monsters + ", not from 1 to " + Fight.MONSTERS_MAX);
        }
        ArenaState.Builder arena = ArenaState.newBuilder();
        for (int i = 0; i < monsters; i++) {
            Fight.addMonster(arena);
        }
        return arena.build();
    }

    @Override
    public void tick(ArenaState arena, Scene scene, Later<ArenaOut> later, long now) {
        scene.each(Scene.PLAYER, player -> arrive(scene, player));
        scene.each(Fight.RAT, rat -> live(arena, scene, rat));
        scene.each(Fight.OGRE, ogre -> live(arena, scene, ogre));
        if (scene.count(Fight.RAT) + scene.count(Fight.OGRE) < arena.getMonstersCount()) {
            arena.getMonstersList().forEach(monster -> show(scene, monster));
        }
        for (int i = 0; i < arena.getBlowsCount(); i++) {
            judge(scene, arena.getBlows(i), later);
        }
    }

    /** The server puts newcomers anywhere on the map. */
    private static void arrive(Scene scene, int player) {
        if (scene.get(player, ARRIVED) == 0) {
            scene.set(player, ARRIVED, 1);
            scene.place(player, scene.width() / 2, scene.height() / 2);
        }
    }

    private static void live(ArenaState arena, Scene scene, int entity) {
        int at = Fight.find(arena, scene.get(entity, NUMBER));
        if (at < 0) {
            scene.remove(entity);
        } else {
            scene.set(entity, HIT_POINTS, arena.getMonsters(at).getHitPoints());
            walk(scene, entity);
        }
    }

    /** After players who are in sight, otherwise anywhere. */
    private static void walk(Scene scene, int monster) {
        RandomGenerator random = scene.random();
        if (random.nextInt(TICKS_OF_A_WAY) == 0) {
            scene.set(monster, GOES_X, random.nextInt(-STEP, STEP + 1));
            scene.set(monster, GOES_Y, random.nextInt(-STEP, STEP + 1));
        }
        scene.near(monster, SIGHT, other -> {
            if (scene.kind(other) == Scene.PLAYER) {
                scene.set(monster, GOES_X, towards(scene.x(monster), scene.x(other)));
                scene.set(monster, GOES_Y, towards(scene.y(monster), scene.y(other)));
            }
        });
        int x = scene.x(monster) + (int) scene.get(monster, GOES_X);
        int y = scene.y(monster) + (int) scene.get(monster, GOES_Y);
        if (isInside(scene, x, y)) {
            scene.place(monster, x, y);
        }
    }

    /** A step, or none within a unit. */
    private static int towards(int from, int to) {
        return STEP * Integer.signum((to - from) / 16);
    }

    /** Monsters of a room that is opened again, or that have just come back, have no entity yet. */
    private static void show(Scene scene, Monster monster) {
        boolean[] isShown = new boolean[1];
        scene.each(monster.getKind(), entity -> isShown[0] |= scene.get(entity, NUMBER) == monster.getNumber());
        if (isShown[0]) {
            return;
        }
        int x = scene.width() / 2 + scene.random().nextInt(-WALL, WALL + 1);
        int y = scene.height() / 2 + scene.random().nextInt(-WALL, WALL + 1);
        int entity = scene.spawn(monster.getKind(), x, y);
        if (entity != 0) { // otherwise the room's type allows fewer NPCs
            scene.set(entity, NUMBER, monster.getNumber());
            scene.set(entity, HIT_POINTS, monster.getHitPoints());
        }
    }

    /** Once, as it takes a while until the state is without the blow. Who has left is not here, and his blow is dropped. */
    private static void judge(Scene scene, Blow blow, Later<ArenaOut> later) {
        int fighter = scene.of(new PlayerId(blow.getPlayer()));
        if (fighter == 0 || scene.get(fighter, JUDGED) >= blow.getNumber()) {
            return;
        }
        scene.set(fighter, REACHES, 0);
        scene.near(fighter, REACH, other -> {
            if (scene.kind(other) != Scene.PLAYER && scene.get(other, NUMBER) == blow.getMonster()) {
                scene.set(fighter, REACHES, 1);
            }
        });
        Judged judged = Judged.newBuilder()
                .setBlow(blow.getNumber())
                .setReached(scene.get(fighter, REACHES) == 1)
                .build();
        if (later.turn(judged.toByteString())) {
            scene.set(fighter, JUDGED, blow.getNumber());
        }
    }

    @Override
    public boolean mayMove(ArenaState arena, Scene scene, int entity, int x, int y) {
        return isInside(scene, x, y);
    }

    private static boolean isInside(Scene scene, int x, int y) {
        return Math.abs(x - scene.width() / 2) <= WALL && Math.abs(y - scene.height() / 2) <= WALL;
    }

    @Override
    public ArenaState on(ArenaState arena, Player from, ArenaIn message, Turn<ArenaOut> turn) {
        Fight fight = new Fight(arena, turn);
        switch (message.getSayCase()) {
            case HIT -> fight.strike(from, message.getHit());
            case BUY -> fight.buy(from, message.getBuy());
            case SAY_NOT_SET -> throw turn.refuse(ErrorCode.UNSUPPORTED, "this game does not know that message");
        }
        return fight.arena();
    }

    @Override
    public ArenaState later(ArenaState arena, ByteString what, Turn<ArenaOut> turn) {
        Fight fight = new Fight(arena, turn);
        try {
            fight.land(Judged.parseFrom(what));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a tick has passed on something else", e);
        }
        return fight.arena();
    }

    @Override
    public ArenaState due(ArenaState arena, String timer, Turn<ArenaOut> turn) {
        ArenaState.Builder next = arena.toBuilder();
        Fight.addMonster(next);
        return next.build();
    }

    @Override
    public ArenaState left(ArenaState arena, Player who, Turn<ArenaOut> turn) {
        Fight fight = new Fight(arena, turn);
        fight.drop(who);
        return fight.arena();
    }

    @Override
    public ArenaOut view(ArenaState arena, Viewer viewer) {
        ArenaView view = ArenaView.newBuilder()
                .setPotionPrice(Fight.PRICE)
                .setRatsSlain(arena.getRatsSlain())
                .setOgresSlain(arena.getOgresSlain())
                .build();
        return ArenaOut.newBuilder().setView(view).build();
    }
}
