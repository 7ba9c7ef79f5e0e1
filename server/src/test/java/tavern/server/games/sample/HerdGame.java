package tavern.server.games.sample;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import tavern.game.Later;
import tavern.game.Moving;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Scene;
import tavern.game.Turn;
import tavern.game.Viewer;

/**
 * A scene that players make: each message is a line of the state, and the ticks of a scene do what the lines say, each once. So a scene
 * that is made anew becomes what it was.
 */
public final class HerdGame implements Moving<StringValue, StringValue, StringValue> {
    /** The kind of an NPC that is always there, in a corner. */
    public static final int SHEPHERD = 99;

    /** Of the shepherd: how many lines have been done. Not told. */
    private static final int DONE = Scene.TOLD_ATTRIBUTES;

    /** Of the shepherd: how many were near when it was asked. */
    public static final int NEAR = 1;

    /** Of the shepherd: the time of the newest tick that took long. */
    public static final int CLOCK = 2;

    /** Of the shepherd: how many milliseconds each tick takes. Not told. */
    private static final int DOZES = Scene.TOLD_ATTRIBUTES + 1;

    @Override
    public StringValue open(Opening opening) {
        return StringValue.getDefaultInstance();
    }

    @Override
    public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
        return StringValue.of(state.getValue() + message.getValue() + "\n");
    }

    @Override
    public void tick(StringValue state, Scene scene, Later<StringValue> later, long now) {
        int shepherd = first(scene, SHEPHERD);
        if (shepherd == 0) {
            shepherd = scene.spawn(SHEPHERD, 0, 0);
        }
        if (scene.get(shepherd, DOZES) > 0) {
            think((int) scene.get(shepherd, DOZES));
            scene.set(shepherd, CLOCK, now);
        }
        if (state.getValue().isEmpty()) {
            return;
        }
        String[] lines = state.getValue().split("\n");
        for (int line = (int) scene.get(shepherd, DONE); line < lines.length; line++) {
            scene.set(shepherd, DONE, line + 1);
            run(lines[line].split(" "), scene, shepherd, later);
        }
    }

    private static void run(String[] words, Scene scene, int shepherd, Later<StringValue> later) {
        switch (words[0]) {
            case "spawn" -> scene.spawn(number(words, 1), number(words, 2), number(words, 3));
            case "place" -> scene.place(first(scene, number(words, 1)), number(words, 2), number(words, 3));
            case "set" -> scene.set(first(scene, number(words, 1)), number(words, 2), Long.parseLong(words[3]));
            case "remove" -> scene.remove(first(scene, number(words, 1)));
            case "near" -> {
                int[] count = new int[1];
                scene.near(first(scene, Scene.PLAYER), number(words, 1), other -> count[0]++);
                scene.set(shepherd, NEAR, count[0]);
            }
            case "hint" -> later.tellAll(StringValue.of(words[1]));
            case "later" -> later.turn(ByteString.copyFromUtf8(words[1]));
            case "think" -> think(number(words, 1));
            case "doze" -> scene.set(shepherd, DOZES, number(words, 1));
            case "throw" -> throw new IllegalStateException("the herd is restless");
            default -> {}
        }
    }

    /** Takes so long. Its clock is for this only: a game has none. */
    private static void think(int millis) {
        long until = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    private static int number(String[] words, int index) {
        return Integer.parseInt(words[index]);
    }

    private static int first(Scene scene, int kind) {
        int[] first = new int[1];
        scene.each(kind, entity -> first[0] = first[0] == 0 ? entity : first[0]);
        return first[0];
    }

    /** Where there is a wall, nobody goes east of it. The game has not been tried out in a bog. */
    @Override
    public boolean mayMove(StringValue state, Scene scene, int entity, int x, int y) {
        if (state.getValue().contains("bog") && x > 1_000) {
            throw new IllegalStateException("stuck in the bog");
        }
        return !state.getValue().contains("wall") || x <= 1_600;
    }

    @Override
    public StringValue later(StringValue state, ByteString what, Turn<StringValue> turn) {
        turn.tellAll(StringValue.of("later: " + what.toStringUtf8()));
        return StringValue.of(state.getValue() + "was " + what.toStringUtf8() + "\n");
    }

    @Override
    public StringValue view(StringValue state, Viewer viewer) {
        return state;
    }
}
