package tavern.client;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Joined;

/** What the client knows of its room. Confined to the client's event loop. */
public final class ClientRoom {
    /** One player in the room, as last reported. */
    public static final class Entity {
        private final int id;
        private final String player;
        private int x;
        private int y;
        private int seq;
        private boolean inView;
        private @Nullable Object attachment;

        private Entity(tavern.protocol.v1.Entity message) {
            this.id = message.getId();
            this.player = message.getPlayer();
            place(message);
        }

        private void place(tavern.protocol.v1.Entity message) {
            x = message.getX();
            y = message.getY();
            seq = message.getSeq();
            inView = !message.getAway();
        }

        private void enter(int atX, int atY, int newestSeq) {
            x = atX;
            y = atY;
            seq = newestSeq;
            inView = true;
        }

        public int id() {
            return id;
        }

        public String player() {
            return player;
        }

        /** P-36: whether the entity's place is known; always true in rooms without cells. */
        public boolean isInView() {
            return inView;
        }

        /** In 1/16 of a unit; meaningless while out of view. */
        public int x() {
            return x;
        }

        /** In 1/16 of a unit; meaningless while out of view. */
        public int y() {
            return y;
        }

        /** The seq of the newest move that counted, unsigned; 0 when there was none yet. */
        public int seq() {
            return seq;
        }

        /** An object that the client's user attached; kept for as long as the player stays in the room. */
        public @Nullable Object attachment() {
            return attachment;
        }

        public void attach(Object object) {
            attachment = object;
        }
    }

    private final Joined joined;
    private int tick;

    /** In ascending order of ids, as in snapshots; filled up to {@link #size}. */
    private @Nullable Entity[] entities = new Entity[16];

    private int size;

    ClientRoom(Joined joined) {
        this.joined = joined;
        replace(joined.getState());
    }

    public String name() {
        return joined.getRoom();
    }

    /** The answer to the join: the map's bounds, the maximum speed, the recent chat. */
    public Joined joined() {
        return joined;
    }

    public @Nullable Entity self() {
        return entity(joined.getSelf());
    }

    /** The tick of the newest snapshot or full state. */
    public int tick() {
        return tick;
    }

    /** A live, read-only view in ascending order of ids. */
    @SuppressWarnings("NullAway") // elements below size are never null
    public List<Entity> entities() {
        return Collections.unmodifiableList(Arrays.asList(entities).subList(0, size));
    }

    public @Nullable Entity entity(int id) {
        int index = indexOf(entities, size, id, 0);
        return index < 0 ? null : entities[index];
    }

    void replace(FullState state) {
        @Nullable Entity[] before = entities;
        int sizeBefore = size;
        entities = new Entity[Math.max(16, state.getEntitiesCount())];
        size = 0;
        tick = state.getTick();
        for (tavern.protocol.v1.Entity message : state.getEntitiesList()) {
            Entity entity = add(message);
            int index = indexOf(before, sizeBefore, entity.id, 0);
            Entity old = index < 0 ? null : before[index];
            if (old != null && old.player.equals(entity.player)) {
                entity.attachment = old.attachment;
            }
        }
    }

    Entity add(tavern.protocol.v1.Entity message) {
        Entity entity = new Entity(message);
        int index = indexOf(entities, size, entity.id, 0);
        if (index >= 0) {
            entities[index] = entity;
            return entity;
        }
        if (size == entities.length) {
            entities = Arrays.copyOf(entities, size * 2);
        }
        int at = -index - 1;
        System.arraycopy(entities, at, entities, at + 1, size - at);
        entities[at] = entity;
        size++;
        return entity;
    }

    void remove(int id) {
        int index = indexOf(entities, size, id, 0);
        if (index >= 0) {
            System.arraycopy(entities, index + 1, entities, index, size - index - 1);
            entities[--size] = null;
        }
    }

    /** P-36: whether members see only players who are near. */
    public boolean hasCells() {
        return joined.getCellSize() > 0;
    }

    /**
     * Applies a snapshot and calls the listener for each entity in it.
     *
     * @return how many entities the snapshot names that are not in the room, or moves although they are out of view
     */
    int apply(SnapshotReader snapshot, ClientListener listener, long nowNanos) {
        tick = snapshot.tick();
        int unknown = move(snapshot, listener, nowNanos);
        if (snapshot.isAnew()) {
            listener.beforeFullState(this);
            for (int i = 0; i < size; i++) {
                requireNonNull(entities[i]).inView = false;
            }
            unknown += enter(snapshot, null);
            listener.onRoomFilled(this);
        } else if (snapshot.leftSize() + snapshot.enteredSize() > 0) {
            unknown += leave(snapshot, listener) + enter(snapshot, listener);
        }
        return unknown;
    }

    private int move(SnapshotReader snapshot, ClientListener listener, long nowNanos) {
        int unknown = 0;
        int from = 0;
        int id = 0;
        for (int i = 0; i < snapshot.size(); i++) {
            id += snapshot.idDelta(i);
            int index = indexOf(entities, size, id, from);
            Entity entity = index < 0 ? null : entities[index];
            if (entity == null || !entity.inView) {
                unknown++;
                continue;
            }
            from = index + 1;
            int seqBefore = entity.seq;
            entity.x += snapshot.dx(i);
            entity.y += snapshot.dy(i);
            entity.seq += snapshot.seqDelta(i);
            listener.onMoved(this, entity, seqBefore, nowNanos);
        }
        return unknown;
    }

    private int enter(SnapshotReader snapshot, @Nullable ClientListener listener) {
        int unknown = 0;
        int id = 0;
        for (int i = 0; i < snapshot.enteredSize(); i++) {
            id += snapshot.enteredIdDelta(i);
            Entity entity = entity(id);
            if (entity == null) {
                unknown++;
                continue;
            }
            entity.enter(snapshot.enteredX(i), snapshot.enteredY(i), snapshot.enteredSeq(i));
            if (listener != null) {
                listener.onCameIntoView(this, entity);
            }
        }
        return unknown;
    }

    private int leave(SnapshotReader snapshot, ClientListener listener) {
        int unknown = 0;
        int id = 0;
        for (int i = 0; i < snapshot.leftSize(); i++) {
            id += snapshot.leftIdDelta(i);
            Entity entity = entity(id);
            if (entity == null || !entity.inView) {
                unknown++;
                continue;
            }
            listener.onOutOfView(this, entity);
            entity.inView = false;
        }
        return unknown;
    }

    /** @return the index, or less than zero: -(where it belongs) - 1 */
    private static int indexOf(@Nullable Entity[] entities, int size, int id, int from) {
        int low = from;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Entity entity = entities[middle];
            int order = entity == null ? 1 : Integer.compareUnsigned(entity.id, id);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }
}
