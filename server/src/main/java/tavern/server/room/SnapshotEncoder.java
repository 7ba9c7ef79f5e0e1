package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Entity;

/**
 * P-31: encodes the moves since the last tick as differences to what was sent last, once for all who see the same.
 *
 * <p>Use either {@link #encode(int, ByteBufAllocator)} for the whole room, or, where places are sent by cells (P-37),
 * one snapshot for each view of the room, then {@link #commit}, then full views where they are needed.
 *
 * <p>Writes the protobuf wire format by hand, into reused arrays: a tick makes no garbage except its buffer.
 */
@OnRoomThread
final class SnapshotEncoder {
    private static final int TAG_SNAPSHOT = (4 << 3) | 2;
    private static final int TAG_TICK = 1 << 3;
    private static final int TAG_ANEW = 11 << 3;

    private final PackedField ids = new PackedField(2);
    private final PackedField xs = new PackedField(3);
    private final PackedField ys = new PackedField(4);
    private final PackedField seqs = new PackedField(5);
    private final PackedField enteredIds = new PackedField(6);
    private final PackedField enteredXs = new PackedField(7);
    private final PackedField enteredYs = new PackedField(8);
    private final PackedField enteredSeqs = new PackedField(9);
    private final PackedField leftIds = new PackedField(10);
    private final PackedField[] fields = {ids, xs, ys, seqs, enteredIds, enteredXs, enteredYs, enteredSeqs, leftIds};

    // Indexed by entity id: what was sent last, and what is sent next.
    private int[] sentX = new int[32];
    private int[] sentY = new int[32];
    private int[] sentSeq = new int[32];
    private int[] nextX = new int[32];
    private int[] nextY = new int[32];
    private int[] nextSeq = new int[32];
    private final IdSet changed = new IdSet();
    private int sentTick;

    /** Made with the first NPC or attribute; null in rooms whose game has nothing that moves. */
    private @Nullable SceneEncoder scene;

    /** All members know that the entity is at this place, from an event or a full state. */
    void place(int id, int x, int y, int seq) {
        ensureCapacity(id);
        sentX[id] = nextX[id] = x;
        sentY[id] = nextY[id] = y;
        sentSeq[id] = nextSeq[id] = seq;
    }

    void moved(int id, int x, int y, int seq) {
        ensureCapacity(id);
        nextX[id] = x;
        nextY[id] = y;
        nextSeq[id] = seq;
        changed.add(id);
    }

    /** P-84: the next snapshot tells of an NPC. */
    void appear(int id, int kind, int x, int y) {
        place(id, x, y, 0);
        scene().appear(id, kind);
        moved(id, x, y, 0);
    }

    /** P-85: an attribute of an NPC or a player has another value. */
    void attribute(int id, int attribute, long value) {
        scene().set(id, attribute, value);
    }

    private SceneEncoder scene() {
        if (scene == null) {
            scene = new SceneEncoder();
        }
        return scene;
    }

    /** The entity is gone: nothing more about it is sent. @return whether it is an NPC that somebody may know of */
    boolean remove(int id) {
        ensureCapacity(id);
        changed.remove(id);
        return scene != null && scene.forget(id);
    }

    /** The next snapshot says that an NPC is gone. */
    void vanished(int id) {
        scene().tellGone(id);
    }

    int sentX(int id) {
        return sentX[id];
    }

    int sentY(int id) {
        return sentY[id];
    }

    int sentSeq(int id) {
        return sentSeq[id];
    }

    boolean isNpc(int id) {
        return scene != null && scene.isNpc(id);
    }

    /** Calls for each NPC of which somebody may know, in ascending order of ids. */
    void eachNpc(IntConsumer npc) {
        if (scene != null) {
            scene.each(npc);
        }
    }

    /** P-83, P-85: adds what there is besides the place, as it was sent last. */
    void describe(int id, Entity.Builder entity) {
        if (scene != null) {
            scene.describe(id, entity);
        }
    }

    int nextX(int id) {
        return nextX[id];
    }

    int nextY(int id) {
        return nextY[id];
    }

    /** The tick of the newest snapshot: full states are as of this tick. */
    int sentTick() {
        return sentTick;
    }

    /** The snapshot of all changes as a frame, or null when there was none. */
    @Nullable
    ByteBuf encode(int tick, ByteBufAllocator allocator) {
        int changedAttributes = sortAttributeChanges();
        int changedCount = sortChanges();
        if (changedCount == 0 && changedAttributes == 0 && (scene == null || !scene.hasGone())) {
            return null;
        }
        clearMoved(changedCount);
        if (scene != null) {
            scene.begin(changedCount, scene.goneCount(), changedAttributes);
        }
        int previousId = 0;
        for (int i = 0; i < changedCount; i++) {
            int id = changed.get(i);
            if (scene != null && scene.isNew(id)) {
                scene.addAppeared(id, nextX[id], nextY[id]);
            } else {
                addMoved(id, previousId);
                previousId = id;
            }
            commitOne(id);
        }
        changed.clear();
        if (scene != null) {
            scene.addAll();
        }
        sentTick = tick;
        return write(tick, false, allocator);
    }

    // ---- by views ----

    /** Sorts the pending changes by ascending entity id. @return how many there are */
    int sortChanges() {
        changed.sort();
        return changed.size();
    }

    int change(int index) {
        return changed.get(index);
    }

    /** P-85: as {@link #sortChanges}, for entities whose attributes have changed. */
    int sortAttributeChanges() {
        return scene == null ? 0 : scene.sortChanges();
    }

    /** Of those whose attributes have changed. */
    int attributeChange(int index) {
        return scene().change(index);
    }

    boolean hasChangedAttributes(int id) {
        return scene != null && scene.isChanged(id);
    }

    boolean hasMoved(int id) {
        return changed.has(id);
    }

    /**
     * P-37: encodes the changes in one view; all ids are ascending. Call it before {@link #commit}.
     *
     * @param told whose attributes have changed, of those who were in view before
     */
    ByteBuf encode(int tick, Ids moved, Ids entered, Ids left, Ids told, ByteBufAllocator allocator) {
        if (scene != null) {
            scene.begin(entered.size(), left.size(), told.size() + entered.size());
            scene.addViewed(told, entered);
        }
        clearMoved(moved.size());
        int previousId = 0;
        for (int i = 0; i < moved.size(); i++) {
            addMoved(moved.get(i), previousId);
            previousId = moved.get(i);
        }
        setEntered(entered, nextX, nextY, nextSeq);
        leftIds.clear(left.size());
        previousId = 0;
        for (int i = 0; i < left.size(); i++) {
            int id = left.get(i);
            if (isNpc(id)) {
                scene().addVanished(id);
            } else {
                leftIds.add(id - previousId);
                previousId = id;
            }
        }
        return write(tick, false, allocator);
    }

    /** P-38: encodes one complete view, ids ascending. Call it after {@link #commit}. */
    ByteBuf encodeAnew(int tick, Ids inView, ByteBufAllocator allocator) {
        clearMoved(0);
        leftIds.clear(0);
        if (scene != null) {
            scene.begin(inView.size(), 0, inView.size());
            scene.addSent(inView);
        }
        // Uses the places sent last: pending changes follow as differences to those.
        setEntered(inView, sentX, sentY, sentSeq);
        return write(tick, true, allocator);
    }

    /** Marks all pending changes as sent. */
    void commit(int tick) {
        for (int i = 0; i < changed.size(); i++) {
            commitOne(changed.get(i));
        }
        changed.clear();
        sentTick = tick;
        if (scene != null) {
            scene.commit();
        }
    }

    private void commitOne(int id) {
        if (scene != null) {
            scene.sent(id);
        }
        sentX[id] = nextX[id];
        sentY[id] = nextY[id];
        sentSeq[id] = nextSeq[id];
    }

    private void clearMoved(int values) {
        ids.clear(values);
        xs.clear(values);
        ys.clear(values);
        seqs.clear(values);
    }

    private void addMoved(int id, int previousId) {
        ids.add(id - previousId);
        xs.add(zigZag(nextX[id] - sentX[id]));
        ys.add(zigZag(nextY[id] - sentY[id]));
        seqs.add(nextSeq[id] - sentSeq[id]);
    }

    private void setEntered(Ids entered, int[] x, int[] y, int[] seq) {
        enteredIds.clear(entered.size());
        enteredXs.clear(entered.size());
        enteredYs.clear(entered.size());
        enteredSeqs.clear(entered.size());
        int previousId = 0;
        for (int i = 0; i < entered.size(); i++) {
            int id = entered.get(i);
            if (isNpc(id)) {
                scene().addAppeared(id, x[id], y[id]);
                continue;
            }
            enteredIds.add(id - previousId);
            enteredXs.add(x[id]);
            enteredYs.add(y[id]);
            enteredSeqs.add(seq[id]);
            previousId = id;
        }
    }

    private ByteBuf write(int tick, boolean anew, ByteBufAllocator allocator) {
        int bodyBytes = 1 + PackedField.varintBytes(tick) + (anew ? 2 : 0);
        for (PackedField field : fields) {
            bodyBytes += field.encodedBytes();
        }
        if (scene != null) {
            bodyBytes += scene.encodedBytes();
        }
        int messageBytes = 1 + PackedField.varintBytes(bodyBytes) + bodyBytes;
        ByteBuf out = Frames.buffer(allocator, PackedField.varintBytes(messageBytes) + messageBytes);
        PackedField.writeVarint(out, messageBytes);
        out.writeByte(TAG_SNAPSHOT);
        PackedField.writeVarint(out, bodyBytes);
        out.writeByte(TAG_TICK);
        PackedField.writeVarint(out, tick);
        for (PackedField field : fields) {
            field.write(out);
        }
        if (anew) {
            out.writeByte(TAG_ANEW);
            out.writeByte(1);
        }
        if (scene != null) {
            scene.write(out);
        }
        return out;
    }

    private void ensureCapacity(int id) {
        if (id < sentX.length) {
            return;
        }
        int capacity = Math.max(id + 1, sentX.length * 2);
        sentX = Arrays.copyOf(sentX, capacity);
        sentY = Arrays.copyOf(sentY, capacity);
        sentSeq = Arrays.copyOf(sentSeq, capacity);
        nextX = Arrays.copyOf(nextX, capacity);
        nextY = Arrays.copyOf(nextY, capacity);
        nextSeq = Arrays.copyOf(nextSeq, capacity);
    }

    private static int zigZag(int n) {
        return (n << 1) ^ (n >> 31);
    }
}
