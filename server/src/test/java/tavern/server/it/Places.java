package tavern.server.it;

import java.util.SortedMap;
import java.util.TreeMap;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;

/** What a client knows about who is where, written from the protocol's text (P-31, P-32, P-36 to P-38). */
public final class Places {
    public record Place(int x, int y, int seq) {}

    private final SortedMap<Integer, Place> inView = new TreeMap<>();
    private int anew;

    /** The places in view, by entity id. */
    public SortedMap<Integer, Place> inView() {
        return inView;
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
            case PLAYER_LEFT -> inView.remove(message.getPlayerLeft().getId());
            case SNAPSHOT -> apply(message.getSnapshot());
            default -> {}
        }
    }

    public void replace(Iterable<Entity> entities) {
        inView.clear();
        entities.forEach(this::come);
    }

    private void come(Entity entity) {
        if (!entity.getAway()) {
            inView.put(entity.getId(), new Place(entity.getX(), entity.getY(), entity.getSeq()));
        }
    }

    private void apply(Snapshot snapshot) {
        if (snapshot.getAnew()) {
            anew++;
            inView.clear();
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
            if (inView.remove(id) == null) {
                throw new AssertionError(id + " goes out of view and was not in it");
            }
        }
        id = 0;
        for (int i = 0; i < snapshot.getEnteredIdsCount(); i++) {
            id += snapshot.getEnteredIds(i);
            inView.put(id, new Place(snapshot.getEnteredXs(i), snapshot.getEnteredYs(i), snapshot.getEnteredSeqs(i)));
        }
    }
}
