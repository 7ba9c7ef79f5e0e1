package tavern.server.it;

import java.util.SortedMap;
import java.util.TreeMap;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;

/** What a client knows about who is where, written from the protocol's text (P-31, P-32, P-36 to P-38, P-83 to P-85). */
public final class Places {
    public record Place(int x, int y, int seq) {}

    private final SortedMap<Integer, Place> inView = new TreeMap<>();
    private final SortedMap<Integer, Integer> npcs = new TreeMap<>();
    private final SortedMap<Integer, SortedMap<Integer, Long>> attributes = new TreeMap<>();
    private int anew;

    /** The places in view, by entity id. */
    public SortedMap<Integer, Place> inView() {
        return inView;
    }

    /** The kinds of the NPCs that are there, by entity id. */
    public SortedMap<Integer, Integer> npcs() {
        return npcs;
    }

    /** The attributes that are not 0, by entity id and number. */
    public SortedMap<Integer, SortedMap<Integer, Long>> attributes() {
        return attributes;
    }

    /** The number of snapshots that held a whole view. */
    public int anew() {
        return anew;
    }

    public void hear(ServerMessage message) {
        switch (message.getBodyCase()) {
            case JOINED -> replace(message.getJoined().getState().getEntitiesList());
            case FULL_STATE -> replace(message.getFullState().getEntitiesList());
            case PLAYER_JOINED -> come(message.getPlayerJoined().getEntity());
            case PLAYER_LEFT -> go(message.getPlayerLeft().getId());
            case SNAPSHOT -> apply(message.getSnapshot());
            default -> {}
        }
    }

    public void replace(Iterable<Entity> entities) {
        clear();
        entities.forEach(this::come);
    }

    private void clear() {
        inView.clear();
        npcs.clear();
        attributes.clear();
    }

    private boolean go(int id) {
        npcs.remove(id);
        attributes.remove(id);
        return inView.remove(id) != null;
    }

    private void set(int id, int attribute, long value) {
        SortedMap<Integer, Long> own = attributes.computeIfAbsent(id, unknown -> new TreeMap<>());
        own.put(attribute, value);
        if (value == 0) {
            own.remove(attribute);
        }
        if (own.isEmpty()) {
            attributes.remove(id);
        }
    }

    private void come(Entity entity) {
        if (!entity.getAway()) {
            go(entity.getId());
            if (entity.getKind() != 0) {
                npcs.put(entity.getId(), entity.getKind());
            }
            for (int i = 0; i < entity.getAttributesCount(); i++) {
                set(entity.getId(), i, entity.getAttributes(i));
            }
            inView.put(entity.getId(), new Place(entity.getX(), entity.getY(), entity.getSeq()));
        }
    }

    private void apply(Snapshot snapshot) {
        if (snapshot.getAnew()) {
            anew++;
            clear();
        }
        int id = 0;
        for (int i = 0; i < snapshot.getIdsCount(); i++) {
            id += snapshot.getIds(i);
            Place before = inView.get(id);
            if (before == null) {
                throw new AssertionError(id + " moves out of view");
            }
            inView.put(
                    id,
                    new Place(
                            before.x() + snapshot.getXs(i),
                            before.y() + snapshot.getYs(i),
                            before.seq() + snapshot.getSeqs(i)));
        }
        id = 0;
        for (int i = 0; i < snapshot.getLeftIdsCount(); i++) {
            id += snapshot.getLeftIds(i);
            if (npcs.containsKey(id) || !go(id)) {
                throw new AssertionError(id + " goes out of view and was not in it");
            }
        }
        id = 0;
        for (int i = 0; i < snapshot.getVanishedIdsCount(); i++) {
            id += snapshot.getVanishedIds(i);
            if (!npcs.containsKey(id) || !go(id)) {
                throw new AssertionError("NPC " + id + " vanishes and was not there");
            }
        }
        id = 0;
        for (int i = 0; i < snapshot.getEnteredIdsCount(); i++) {
            id += snapshot.getEnteredIds(i);
            inView.put(id, new Place(snapshot.getEnteredXs(i), snapshot.getEnteredYs(i), snapshot.getEnteredSeqs(i)));
        }
        id = 0;
        for (int i = 0; i < snapshot.getAppearedIdsCount(); i++) {
            id += snapshot.getAppearedIds(i);
            if (inView.put(id, new Place(snapshot.getAppearedXs(i), snapshot.getAppearedYs(i), 0)) != null) {
                throw new AssertionError("NPC " + id + " appears and was there");
            }
            npcs.put(id, snapshot.getAppearedKinds(i));
        }
        id = 0;
        for (int i = 0; i < snapshot.getChangedIdsCount(); i++) {
            id += snapshot.getChangedIds(i);
            if (!inView.containsKey(id)) {
                throw new AssertionError(id + " has attributes out of view");
            }
            int attribute = snapshot.getChangedAttributes(i);
            long before = attributes.getOrDefault(id, new TreeMap<>()).getOrDefault(attribute, 0L);
            set(id, attribute, before + snapshot.getChangedValues(i));
        }
    }
}
