package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import tavern.game.PlayerId;

/**
 * What has happened to a room and is not computed yet. Bounded: messages, signals and the turns of ticks are counted before they come
 * here; there are no more answers and arrivals than calls and signals under way, and no more timers than a room has. Of what a player
 * does between two of his messages at most one loss of the connection, one return and one leaving wait.
 */
final class WaitingTurns {
    private final Deque<TurnInput> waiting = new ArrayDeque<>();
    private int messages;
    private long messageBytes;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    boolean any(Predicate<TurnInput> such) {
        return waiting.stream().anyMatch(such);
    }

    /** How many messages of players wait. */
    int messages() {
        return messages;
    }

    long messageBytes() {
        return messageBytes;
    }

    void add(TurnInput input) {
        boolean isSettled = input instanceof ConnectionInput connection
                ? settles(connection)
                : input instanceof LeftInput left && settles(left);
        if (!isSettled) {
            waiting.addLast(input);
            count(input, 1);
        }
    }

    /** It was here before, and comes before all others. */
    void addFirst(TurnInput input) {
        waiting.addFirst(input);
        count(input, 1);
    }

    TurnInput next() {
        TurnInput input = waiting.removeFirst();
        count(input, -1);
        return input;
    }

    private void count(TurnInput input, int sign) {
        if (input instanceof MessageInput message) {
            messages += sign;
            messageBytes += (long) sign * message.bytes();
        }
    }

    /** A connection that was lost twice is lost, and one that is back before the game has heard of its loss was never lost. */
    private boolean settles(ConnectionInput input) {
        for (Iterator<TurnInput> newestFirst = waiting.descendingIterator(); newestFirst.hasNext(); ) {
            TurnInput earlier = newestFirst.next();
            if (input.who().equals(earlier.who())) {
                if (!(earlier instanceof ConnectionInput other)) {
                    return false;
                }
                if (other.isBack() != input.isBack()) {
                    newestFirst.remove();
                }
                return true;
            }
        }
        return false;
    }

    /** Who leaves before the game has heard of him was never there. */
    private boolean settles(LeftInput input) {
        PlayerId who = input.who();
        for (Iterator<TurnInput> newestFirst = waiting.descendingIterator(); newestFirst.hasNext(); ) {
            TurnInput earlier = newestFirst.next();
            if (who.equals(earlier.who())) {
                if (earlier instanceof JoinedInput) {
                    newestFirst.remove();
                    return true;
                }
                if (!(earlier instanceof ConnectionInput)) {
                    return false;
                }
                newestFirst.remove();
            }
        }
        return false;
    }

    /** Reads all of it with another version of the game. @return goes on with it */
    Runnable readBy(GameCalls<?, ?, ?> other) throws InvalidProtocolBufferException {
        List<TurnInput> inputs = new ArrayList<>(waiting.size());
        for (TurnInput input : waiting) {
            inputs.add(input.readBy(other));
        }
        return () -> {
            waiting.clear();
            waiting.addAll(inputs);
        };
    }
}
