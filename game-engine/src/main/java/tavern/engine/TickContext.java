package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.Later;
import tavern.game.PlayerId;

/** What the ticks of one room tell and begin. The same object for all of them: most ticks do neither, and make no garbage. */
final class TickContext implements Later<MessageLite> {
    private final List<Output> told = new ArrayList<>(0);
    private final List<ByteString> begun = new ArrayList<>(0);
    private boolean isOver = true;
    private int toldBytes;
    private int turns;
    private int turnBytes;

    void begin() {
        isOver = false;
    }

    void end() {
        isOver = true;
        toldBytes = 0;
    }

    @Override
    public boolean turn(ByteString what) {
        requireNow();
        if (turns >= EngineLimits.TICK_TURNS_MAX || turnBytes + (long) what.size() > EngineLimits.TICK_TURN_BYTES_MAX) {
            return false;
        }
        turns++;
        turnBytes += what.size();
        begun.add(what);
        return true;
    }

    /** A turn that a tick has begun is over, whatever came of it. */
    void turnEnded(ByteString what) {
        turns--;
        turnBytes -= what.size();
    }

    @Override
    public boolean tellAll(MessageLite what) {
        return tell(what, null);
    }

    @Override
    public boolean tell(PlayerId who, MessageLite what) {
        return tell(what, who);
    }

    private boolean tell(MessageLite what, @Nullable PlayerId who) {
        requireNow();
        int bytes = what.getSerializedSize();
        if (told.size() >= EngineLimits.TICK_EVENTS_MAX
                || toldBytes + (long) bytes > EngineLimits.TICK_EVENT_BYTES_MAX) {
            return false;
        }
        toldBytes += bytes;
        told.add(new Output.TellVolatile(who, what.toByteString()));
        return true;
    }

    private void requireNow() {
        if (isOver) {
            throw new IllegalStateException("the tick that this was for is over");
        }
    }

    /** What the tick has told. */
    List<Output> takeTold() {
        if (told.isEmpty()) {
            return List.of();
        }
        List<Output> taken = new ArrayList<>(told);
        told.clear();
        return taken;
    }

    /** The turns that the tick has begun. */
    List<ByteString> takeBegun() {
        if (begun.isEmpty()) {
            return List.of();
        }
        List<ByteString> taken = List.copyOf(begun);
        begun.clear();
        return taken;
    }
}
