package tavern.engine;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.engine.recorded.RecordedBase;
import tavern.engine.recorded.RecordedCommit;
import tavern.engine.recorded.RecordedEntry;
import tavern.engine.recorded.RecordedNothing;
import tavern.engine.recorded.RecordedRefusal;
import tavern.engine.recorded.RecordedTurn;

/**
 * Keeps the newest turns of one room in memory, with all that is needed to compute them again. Belongs to the room's thread.
 *
 * <p>Bounded: the turns are in segments, each of which begins with the state before its first turn. When there is no more
 * memory, the oldest segment goes.
 */
public final class FlightRecorder {
    /** A segment that has this part of what the room may have is followed by another one. */
    private static final int SEGMENTS = 4;

    /** What an entry needs in memory besides its bytes. */
    static final int ENTRY_BYTES = 64;

    /** What a base has at most besides the state and who is present. */
    private static final int BASE_BYTES = 48;

    private static final int PRESENT_BYTES = 10;

    private static final class Segment {
        final List<ByteString> entries = new ArrayList<>();
        long bytes;
        long turns;
    }

    private final RecorderMemory memory;
    private final long bytesMax;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private @Nullable GameCalls<?, ?, ?> game;
    private long bytes;
    private long turnsLeftOut;
    private boolean isClosed;

    /**
     * @param memory what the recordings of all rooms share
     * @param bytesMax of this room; 0 to record nothing
     */
    public FlightRecorder(RecorderMemory memory, long bytesMax) {
        this.memory = memory;
        this.bytesMax = bytesMax;
    }

    /** Records nothing. */
    public static FlightRecorder off() {
        return new FlightRecorder(RecorderMemory.UNBOUNDED, 0);
    }

    public boolean isOn() {
        return bytesMax > 0 && !isClosed;
    }

    /** The room is no more: gives the memory back, and records nothing from now on. */
    public void close() {
        isClosed = true;
        clear();
    }

    private void clear() {
        while (!segments.isEmpty()) {
            dropOldest();
        }
    }

    /** {@link RecordedEntry} messages. */
    List<ByteString> entries() {
        List<ByteString> all = new ArrayList<>();
        segments.forEach(segment -> all.addAll(segment.entries));
        return all;
    }

    /** How many have happened and are not here. */
    long turnsLeftOut() {
        return turnsLeftOut;
    }

    @Nullable
    ReadLog watch(SeenGoods live) {
        return isOn() ? new ReadLog(live) : null;
    }

    /**
     * A turn is over.
     *
     * @param before the durable state without it
     */
    void decided(PendingTurn turn, TurnOutcome outcome, RoomState before, long revision) {
        if (!isOn()) {
            return;
        }
        if (game != turn.trace().game()) {
            // No version of the game can compute the turns of another.
            clear();
            game = turn.trace().game();
        }
        if (segments.isEmpty() || segments.getLast().bytes >= bytesMax / SEGMENTS) {
            segments.addLast(new Segment());
            long more = baseBytesMax(before);
            if (reserve(more)) { // first, since the state is large
                keep(RecordedEntry.newBuilder().setBase(base(before, revision)).build(), more);
            }
        }
        if (!segments.isEmpty()) {
            RecordedEntry entry =
                    RecordedEntry.newBuilder().setTurn(recorded(turn, outcome)).build();
            long more = (long) entry.getSerializedSize() + ENTRY_BYTES;
            if (reserve(more)) {
                keep(entry, more);
            }
        }
        if (segments.isEmpty()) {
            turnsLeftOut++;
        } else {
            segments.getLast().turns++;
        }
    }

    /** Otherwise there is no segment afterwards: there is no memory even without all others. */
    private boolean reserve(long more) {
        while (bytes + more > bytesMax || !memory.take(more)) {
            dropOldest();
            if (segments.isEmpty()) {
                return false;
            }
        }
        bytes += more;
        segments.getLast().bytes += more;
        return true;
    }

    /** @param reserved bytes, of which those that the entry does not need are given back */
    private void keep(RecordedEntry entry, long reserved) {
        ByteString encoded = entry.toByteString();
        Segment newest = segments.getLast();
        newest.entries.add(encoded);
        long less = reserved - encoded.size() - ENTRY_BYTES;
        newest.bytes -= less;
        bytes -= less;
        memory.give(less);
    }

    private static long baseBytesMax(RoomState state) {
        int present = state.present().players().size();
        return (long) state.size() + BASE_BYTES + (long) PRESENT_BYTES * present + ENTRY_BYTES;
    }

    private void dropOldest() {
        Segment oldest = segments.removeFirst();
        turnsLeftOut += oldest.turns;
        bytes -= oldest.bytes;
        memory.give(oldest.bytes);
    }

    private static RecordedBase base(RoomState state, long revision) {
        RecordedBase.Builder base =
                RecordedBase.newBuilder().setRevision(revision).setRoom(state.bytes());
        state.present().players().forEach(player -> base.addPresent(player.id().value()));
        return base.build();
    }

    private static RecordedTurn recorded(PendingTurn turn, TurnOutcome outcome) {
        RecordedTurn.Builder recorded =
                RecordedTurn.newBuilder().setNowMs(turn.input().nowMillis());
        turn.input().record(recorded);
        ReadLog reads = turn.trace().reads();
        if (reads != null) {
            recorded.addAllReads(reads.reads());
        }
        recorded.setEffects(TurnDigest.of(turn.effects()));
        Commit commit = turn.commit();
        if (outcome instanceof TurnOutcome.Refused refused) {
            RecordedRefusal refusal = RecordedRefusal.newBuilder()
                    .setCode(refused.code().getNumber())
                    .setText(refused.text())
                    .build();
            return refused.byStore()
                    ? recorded.setRefusedByStore(refusal).build()
                    : recorded.setRefused(refusal).build();
        } else if (outcome instanceof TurnOutcome.Failed failed) {
            recorded.setFailed(failed.failure().getClass().getName());
        } else if (commit == null) {
            recorded.setUnchanged(RecordedNothing.getDefaultInstance());
        } else {
            recorded.setCommitted(
                    RecordedCommit.newBuilder().setRevision(commit.revision()).setRoom(TurnDigest.of(commit.room())));
        }
        return recorded.build();
    }
}
