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
    /** A game may give an entity as many attributes; more are not kept. */
    private static final int ATTRIBUTES_MAX = 64;

    private static final long[] NO_ATTRIBUTES = {};

    /** P-112: the permille of a room that is not slowed down. */
    private static final int FULL_SPEED = 1_000;

    /** One player or NPC in the room, as last reported. */
    public static final class Entity {
        private final int id;
        private final String player;
        private final int kind;
        private long[] attributes = NO_ATTRIBUTES;
        private boolean isComing;
        private int x;
        private int y;
        private int seq;
        private boolean inView;
        private @Nullable Object attachment;

        private Entity(tavern.protocol.v1.Entity message) {
            this.id = message.getId();
            this.player = message.getPlayer();
            this.kind = message.getKind();
            place(message);
        }

        /** An NPC. */
        private Entity(int id, int kind) {
            this.id = id;
            this.player = "";
            this.kind = kind;
        }

        private void place(tavern.protocol.v1.Entity message) {
            for (int i = 0; i < Math.min(message.getAttributesCount(), ATTRIBUTES_MAX); i++) {
                set(i, message.getAttributes(i));
            }
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
            isComing = true;
            Arrays.fill(attributes, 0);
        }

        private void leaveView() {
            inView = false;
            Arrays.fill(attributes, 0);
        }

        private void set(int attribute, long value) {
            if (attribute >= attributes.length) {
                if (value == 0) {
                    return;
                }
                attributes = Arrays.copyOf(attributes, Math.max(attribute + 1, 8));
            }
            attributes[attribute] = value;
        }

        public int id() {
            return id;
        }

        /** The player's name; empty for an NPC. */
        public String player() {
            return player;
        }

        /** P-83: of an NPC, as the game numbers them; 0 for a player. */
        public int kind() {
            return kind;
        }

        public boolean isNpc() {
            return kind != 0;
        }

        /** P-85: an attribute that the game has given the entity; 0 when it has not, or while out of view. */
        public long attribute(int number) {
            return number < attributes.length ? attributes[number] : 0;
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

        /** An object that the client's user attached; kept for as long as the player stays in the room, or the NPC in view. */
        public @Nullable Object attachment() {
            return attachment;
        }

        public void attach(Object object) {
            attachment = object;
        }
    }

    private final Joined joined;
    private int tick;
    private int ratePermille = FULL_SPEED;

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

    /**
     * P-112: how fast the room's time passes, from 1 down to a tenth: what moves by itself should be shown at this speed, and the
     * player may walk at {@code max_speed} times this.
     */
    public double timeRate() {
        return (double) ratePermille / FULL_SPEED;
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
        pass(state.getTickRatePermille());
        for (tavern.protocol.v1.Entity message : state.getEntitiesList()) {
            Entity entity = add(message);
            int index = indexOf(before, sizeBefore, entity.id, 0);
            Entity old = index < 0 ? null : before[index];
            if (old != null && old.player.equals(entity.player) && old.kind == entity.kind) {
                entity.attachment = old.attachment;
            }
        }
    }

    /** @param permille 0 for full speed */
    void pass(int permille) {
        ratePermille = permille <= 0 || permille > FULL_SPEED ? FULL_SPEED : permille;
    }

    Entity add(tavern.protocol.v1.Entity message) {
        return add(new Entity(message));
    }

    private Entity add(Entity entity) {
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
                requireNonNull(entities[i]).leaveView();
            }
            unknown += enter(snapshot) + appear(snapshot) + change(snapshot, listener);
            forgetNpcsOutOfView();
            arrive(snapshot, null);
            listener.onRoomFilled(this);
        } else {
            unknown += leave(snapshot, listener) + vanish(snapshot, listener);
            unknown += enter(snapshot) + appear(snapshot) + change(snapshot, listener);
            arrive(snapshot, listener);
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

    private int enter(SnapshotReader snapshot) {
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
        }
        return unknown;
    }

    private int appear(SnapshotReader snapshot) {
        int unknown = 0;
        int id = 0;
        for (int i = 0; i < snapshot.appearedSize(); i++) {
            id += snapshot.appearedIdDelta(i);
            Entity entity = entity(id);
            if (entity != null && (entity.inView || !entity.isNpc())) {
                unknown++;
                continue;
            }
            // One that is still there in a complete new view stays the same.
            if (entity == null || entity.kind != snapshot.appearedKind(i)) {
                entity = add(new Entity(id, snapshot.appearedKind(i)));
            }
            entity.enter(snapshot.appearedX(i), snapshot.appearedY(i), 0);
        }
        return unknown;
    }

    private int change(SnapshotReader snapshot, ClientListener listener) {
        int unknown = 0;
        int id = 0;
        for (int i = 0; i < snapshot.changedSize(); i++) {
            id += snapshot.changedIdDelta(i);
            int attribute = snapshot.changedAttribute(i);
            Entity entity = entity(id);
            if (entity == null || !entity.inView || attribute < 0 || attribute >= ATTRIBUTES_MAX) {
                unknown++;
                continue;
            }
            long before = entity.attribute(attribute);
            entity.set(attribute, before + snapshot.changedDifference(i));
            if (!entity.isComing) {
                listener.onAttribute(this, entity, attribute, before);
            }
        }
        return unknown;
    }

    /** Those who came are told with their attributes; nobody is told if there is no listener. */
    private void arrive(SnapshotReader snapshot, @Nullable ClientListener listener) {
        int id = 0;
        for (int i = 0; i < snapshot.enteredSize(); i++) {
            id += snapshot.enteredIdDelta(i);
            arrive(id, listener);
        }
        id = 0;
        for (int i = 0; i < snapshot.appearedSize(); i++) {
            id += snapshot.appearedIdDelta(i);
            arrive(id, listener);
        }
    }

    private void arrive(int id, @Nullable ClientListener listener) {
        Entity entity = entity(id);
        if (entity != null && entity.isComing) {
            entity.isComing = false;
            if (listener != null) {
                listener.onCameIntoView(this, entity);
            }
        }
    }

    private void forgetNpcsOutOfView() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Entity entity = requireNonNull(entities[i]);
            if (entity.inView || !entity.isNpc()) {
                entities[kept++] = entity;
            }
        }
        Arrays.fill(entities, kept, size, null);
        size = kept;
    }

    private int vanish(SnapshotReader snapshot, ClientListener listener) {
        int unknown = 0;
        int id = 0;
        for (int i = 0; i < snapshot.vanishedSize(); i++) {
            id += snapshot.vanishedIdDelta(i);
            Entity entity = entity(id);
            if (entity == null || !entity.isNpc()) {
                unknown++;
                continue;
            }
            listener.onOutOfView(this, entity);
            entity.leaveView();
            remove(id);
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
            entity.leaveView();
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
