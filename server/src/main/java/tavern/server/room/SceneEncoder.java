package tavern.server.room;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;
import tavern.game.Scene;
import tavern.protocol.v1.Entity;

/**
 * P-83 to P-85: the part of a {@link SnapshotEncoder} for rooms whose game has things that move: NPCs, and the attributes of NPCs and
 * players. Attributes have rows only for entities that have some.
 */
@OnRoomThread
final class SceneEncoder {
    private static final int TOLD = Scene.TOLD_ATTRIBUTES;
    private static final int NONE = -1;

    private final PackedField appearedIds = new PackedField(12);
    private final PackedField appearedKinds = new PackedField(13);
    private final PackedField appearedXs = new PackedField(14);
    private final PackedField appearedYs = new PackedField(15);
    private final PackedField vanishedIds = new PackedField(16);
    private final PackedField changedIds = new PackedField(17);
    private final PackedField changedAttributes = new PackedField(18);
    private final PackedField changedValues = new PackedField(19);
    private final PackedField[] fields = {
        appearedIds, appearedKinds, appearedXs, appearedYs, vanishedIds, changedIds, changedAttributes, changedValues
    };

    /** NPCs that somebody may know of. */
    private final BitSet sent = new BitSet();

    /** NPCs that are gone, which the next snapshot tells. */
    private final Ids gone = new Ids();

    /** Entities some of whose attributes have changed. */
    private final IdSet changed = new IdSet();

    // By entity id.
    private int[] kinds = new int[32];
    private int[] rows = newRows(32);

    // By row and attribute.
    private long[] sentValues = new long[16 * TOLD];
    private long[] nextValues = new long[16 * TOLD];
    private int[] freeRows = new int[16];
    private int freeRowCount;
    private int rowsUsed;

    private int lastAppeared;
    private int lastVanished;
    private int lastChanged;

    private static int[] newRows(int length) {
        int[] rows = new int[length];
        Arrays.fill(rows, NONE);
        return rows;
    }

    // ---- what happens ----

    void appear(int id, int kind) {
        ensureCapacity(id);
        kinds[id] = kind;
    }

    /** The entity is gone. @return whether it is an NPC that somebody may know of */
    boolean forget(int id) {
        ensureCapacity(id);
        changed.remove(id);
        int row = rows[id];
        if (row != NONE) {
            rows[id] = NONE;
            if (freeRowCount == freeRows.length) {
                freeRows = Arrays.copyOf(freeRows, freeRowCount * 2);
            }
            freeRows[freeRowCount++] = row;
        }
        return sent.get(id);
    }

    /** An NPC of which somebody may know is gone. Until the next snapshot says so, it is still there for who comes. */
    void tellGone(int id) {
        gone.add(id);
    }

    void set(int id, int attribute, long value) {
        ensureCapacity(id);
        int row = rowOf(id); // which may replace the array
        nextValues[row * TOLD + attribute] = value;
        changed.add(id);
    }

    private int rowOf(int id) {
        int row = rows[id];
        if (row == NONE) {
            row = freeRowCount > 0 ? freeRows[--freeRowCount] : rowsUsed++;
            if ((row + 1) * TOLD > nextValues.length) {
                sentValues = Arrays.copyOf(sentValues, sentValues.length * 2);
                nextValues = Arrays.copyOf(nextValues, nextValues.length * 2);
            }
            Arrays.fill(sentValues, row * TOLD, (row + 1) * TOLD, 0);
            Arrays.fill(nextValues, row * TOLD, (row + 1) * TOLD, 0);
            rows[id] = row;
        }
        return row;
    }

    // ---- questions ----

    boolean isNpc(int id) {
        return id < kinds.length && kinds[id] != Scene.PLAYER;
    }

    /** Whether it is an NPC that the next snapshot tells first. */
    boolean isNew(int id) {
        return isNpc(id) && !sent.get(id);
    }

    /** Leaves out those whose attributes are as they were sent. @return how many others there are, in ascending order */
    int sortChanges() {
        // Backwards, since the last one takes the place of one that is left out.
        for (int i = changed.size() - 1; i >= 0; i--) {
            int id = changed.get(i);
            if (!differs(id)) {
                changed.remove(id);
            }
        }
        changed.sort();
        gone.sort();
        return changed.size();
    }

    private boolean differs(int id) {
        int at = rows[id] * TOLD;
        return !Arrays.equals(sentValues, at, at + TOLD, nextValues, at, at + TOLD);
    }

    boolean hasGone() {
        return !gone.isEmpty();
    }

    int change(int index) {
        return changed.get(index);
    }

    boolean isChanged(int id) {
        return changed.has(id);
    }

    /** Calls for each NPC as it was sent last, in ascending order. */
    void each(IntConsumer npc) {
        sent.stream().forEach(npc);
    }

    /** Adds the kind and the attributes that were sent last. */
    void describe(int id, Entity.Builder entity) {
        if (id >= rows.length) {
            return;
        }
        entity.setKind(kinds[id]);
        if (rows[id] != NONE) {
            int at = rows[id] * TOLD;
            int count = TOLD;
            while (count > 0 && sentValues[at + count - 1] == 0) {
                count--;
            }
            for (int i = 0; i < count; i++) {
                entity.addAttributes(sentValues[at + i]);
            }
        }
    }

    // ---- encoding ----

    /** Begins a message with at most so many NPCs that appear, that vanish, and entities whose attributes change. */
    void begin(int appeared, int vanished, int changes) {
        appearedIds.clear(appeared);
        appearedKinds.clear(appeared);
        appearedXs.clear(appeared);
        appearedYs.clear(appeared);
        vanishedIds.clear(vanished);
        changedIds.clear(changes * TOLD);
        changedAttributes.clear(changes * TOLD);
        changedValues.clearLongs(changes * TOLD);
        lastAppeared = 0;
        lastVanished = 0;
        lastChanged = 0;
    }

    void addAppeared(int id, int x, int y) {
        appearedIds.add(id - lastAppeared);
        appearedKinds.add(kinds[id]);
        appearedXs.add(x);
        appearedYs.add(y);
        lastAppeared = id;
    }

    void addVanished(int id) {
        vanishedIds.add(id - lastVanished);
        lastVanished = id;
    }

    /** For a snapshot to all: all that are gone, and all changes of attributes. They are marked as sent. */
    void addAll() {
        for (int i = 0; i < gone.size(); i++) {
            addVanished(gone.get(i));
        }
        for (int i = 0; i < changed.size(); i++) {
            addDifferences(changed.get(i));
        }
        commit();
    }

    int goneCount() {
        return gone.size();
    }

    /** For one view: changes of the one entities, and all that the others have. Both in ascending order. */
    void addViewed(Ids seenBefore, Ids entered) {
        int before = 0;
        int now = 0;
        while (before < seenBefore.size() || now < entered.size()) {
            if (now == entered.size() || (before < seenBefore.size() && seenBefore.get(before) < entered.get(now))) {
                addDifferences(seenBefore.get(before++));
            } else {
                addValues(entered.get(now++), nextValues);
            }
        }
    }

    /** All that was sent. */
    void addSent(Ids inView) {
        for (int i = 0; i < inView.size(); i++) {
            addValues(inView.get(i), sentValues);
        }
    }

    private void addDifferences(int id) {
        int at = rows[id] * TOLD;
        for (int i = 0; i < TOLD; i++) {
            add(id, i, nextValues[at + i] - sentValues[at + i]);
        }
    }

    private void addValues(int id, long[] values) {
        if (id < rows.length && rows[id] != NONE) {
            for (int i = 0; i < TOLD; i++) {
                add(id, i, values[rows[id] * TOLD + i]);
            }
        }
    }

    private void add(int id, int attribute, long difference) {
        if (difference != 0) {
            changedIds.add(id - lastChanged);
            changedAttributes.add(attribute);
            changedValues.addSigned(difference);
            lastChanged = id;
        }
    }

    /** The place of an entity has been sent, to those who see it. */
    void sent(int id) {
        if (isNpc(id)) {
            sent.set(id);
        }
    }

    /** All that has changed has been sent. */
    void commit() {
        for (int i = 0; i < changed.size(); i++) {
            int id = changed.get(i);
            System.arraycopy(nextValues, rows[id] * TOLD, sentValues, rows[id] * TOLD, TOLD);
        }
        changed.clear();
        for (int i = 0; i < gone.size(); i++) {
            sent.clear(gone.get(i));
        }
        gone.clear();
    }

    int encodedBytes() {
        int bytes = 0;
        for (PackedField field : fields) {
            bytes += field.encodedBytes();
        }
        return bytes;
    }

    void write(ByteBuf out) {
        for (PackedField field : fields) {
            field.write(out);
        }
    }

    private void ensureCapacity(int id) {
        if (id < kinds.length) {
            return;
        }
        int before = kinds.length;
        int capacity = Math.max(id + 1, before * 2);
        kinds = Arrays.copyOf(kinds, capacity);
        rows = Arrays.copyOf(rows, capacity);
        Arrays.fill(rows, before, capacity, NONE);
    }
}
