package tavern.server.games.sample;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;

/** Fails in the method that its settings name, and in any way that a message asks for. Otherwise it remembers what is said. */
public final class FaultyGame implements Game<StringValue, StringValue, StringValue> {
    public static final int RINGS_AFTER_MILLIS = 2_500;

    private static final int TOO_MUCH = 10_000_000;
    private static final String ALARM = "alarm";

    private static StringValue passed(StringValue state, String method) {
        if (state.getValue().startsWith(method + "\n")) {
            throw new IllegalStateException("planted in " + method);
        }
        return state;
    }

    @Override
    public StringValue open(Opening opening) {
        return passed(text(opening.settings().getOrDefault("fails", "") + "\n"), "open");
    }

    @Override
    public Admission admit(StringValue state, Player who, ByteString ticket) {
        passed(state, "admit");
        return Admission.player();
    }

    @Override
    public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
        String[] words = message.getValue().split(" ", 2);
        String rest = words.length > 1 ? words[1] : "";
        turn.tellAll(text(words[0]));
        switch (words[0]) {
            case "say" -> turn.give(from.id(), "gold", 1);
            case "alarm" -> turn.timer(ALARM, turn.now());
            case "ring" -> turn.timer(rest, turn.now() + RINGS_AFTER_MILLIS);
            case "signal" -> turn.signal(new RoomId(rest), ByteString.EMPTY);
            case "loop" -> loop(Long.parseLong(rest));
            case "wait" -> block(Long.parseLong(rest));
            default -> {
                turn.give(from.id(), "gold", 1_000);
                return fail(words[0], state, turn);
            }
        }
        return text(state.getValue() + words[0] + "\n");
    }

    // A game may be compiled without any checks.
    @SuppressWarnings("NullAway")
    private static StringValue fail(String how, StringValue state, Turn<StringValue> turn) {
        switch (how) {
            case "throw" -> throw new IllegalStateException("planted");
            case "mute" -> throw new MuteException();
            case "overflow" -> deeper(1);
            case "array" -> turn.tellAll(text("" + new long[Integer.MAX_VALUE].length));
            case "class" -> turn.tellAll(text(UnreadyModule.Deck.GAMES.toString()));
            // A test gives this method a name that the API does not have.
            case "newer" -> turn.stop("alarm");
            case "grow" -> {
                return text("x".repeat(TOO_MUCH));
            }
            case "tell" -> turn.tellAll(text("x".repeat(TOO_MUCH)));
            case "null" -> {
                return null;
            }
            default -> throw new AssertionError(how);
        }
        return state;
    }

    // The recursion has no end, which is what the test needs.
    @SuppressWarnings("InfiniteRecursion")
    private static long deeper(long depth) {
        return 1 + deeper(depth + 1);
    }

    private static void loop(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static void block(long millis) {
        try {
            if (new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public StringValue due(StringValue state, String timer, Turn<StringValue> turn) {
        if (!timer.equals(ALARM)) {
            turn.signal(new RoomId(timer), ByteString.EMPTY);
        }
        return text(passed(state, "due").getValue() + "rang\n");
    }

    @Override
    public StringValue joined(StringValue state, Player who, Turn<StringValue> turn) {
        return passed(state, "joined");
    }

    @Override
    public StringValue left(StringValue state, Player who, Turn<StringValue> turn) {
        return passed(state, "left");
    }

    @Override
    public StringValue dropped(StringValue state, Player who, Turn<StringValue> turn) {
        return passed(state, "dropped");
    }

    @Override
    public StringValue returned(StringValue state, Player who, Turn<StringValue> turn) {
        return passed(state, "returned");
    }

    @Override
    public StringValue signalled(StringValue state, RoomId from, ByteString what, Turn<StringValue> turn) {
        return text(passed(state, "signalled").getValue() + "heard\n");
    }

    @Override
    public StringValue view(StringValue state, Viewer viewer) {
        return state.getValue().startsWith("long view\n") ? text("x".repeat(TOO_MUCH)) : passed(state, "view");
    }

    private static StringValue text(String text) {
        return StringValue.of(text);
    }

    /** Says nothing about itself, not even when it is asked. */
    public static final class MuteException extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no comment");
        }
    }
}
