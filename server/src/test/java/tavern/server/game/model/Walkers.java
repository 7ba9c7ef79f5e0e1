package tavern.server.game.model;

import java.util.TreeMap;
import tavern.server.game.Entity;
import tavern.server.game.Recording;
import tavern.server.game.TestGame;

/** Model of where players stand: nobody is off the map or faster than allowed over any time since joining. */
final class Walkers {
    private static final double START_SECONDS = 0.25;
    private static final double STEP_SECONDS_MAX = 1.25;

    private static final class Walker {
        int x;
        int y;
        double way;
        int seq;
        boolean hasMoved;
        final long since;

        Walker(int x, int y, long since) {
            this.x = x;
            this.y = y;
            this.since = since;
        }
    }

    private final TreeMap<Integer, Walker> walkers = new TreeMap<>();

    int lowestFree() {
        int id = 1;
        while (walkers.containsKey(id)) {
            id++;
        }
        return id;
    }

    void joined(Entity entity, long nowMillis) {
        Violation.unless(entity.id() == lowestFree(), "not the lowest free id: " + entity);
        walkers.put(entity.id(), new Walker(entity.x(), entity.y(), nowMillis));
    }

    /** The player joined again, so its seqs start again. */
    void restartSeq(int entity) {
        Walker walker = walkers.get(entity);
        if (walker != null) {
            walker.hasMoved = false;
        }
    }

    int x(int entity) {
        return walkers.containsKey(entity) ? walker(entity).x : 0;
    }

    int y(int entity) {
        return walkers.containsKey(entity) ? walker(entity).y : 0;
    }

    void left(int entity) {
        Violation.unless(walkers.remove(entity) != null, "left without having joined: " + entity);
    }

    void moved(Recording.Moved move, long nowMillis) {
        Walker walker = walker(move.entity());
        double way = Math.hypot((double) move.x() - walker.x, (double) move.y() - walker.y);
        walker.way += way;
        Violation.unless(!walker.hasMoved || move.seq() - walker.seq > 0, "an old seq counted: " + move);
        walker.seq = move.seq();
        walker.hasMoved = true;
        walker.x = move.x();
        walker.y = move.y();
        boolean isOnMap =
                0 <= walker.x && walker.x <= TestGame.MAP_WIDTH && 0 <= walker.y && walker.y <= TestGame.MAP_HEIGHT;
        double allowed = TestGame.MAX_SPEED * ((nowMillis - walker.since) / 1000.0 + START_SECONDS);
        Violation.unless(isOnMap, "off the map: " + move);
        Violation.unless(way <= TestGame.MAX_SPEED * STEP_SECONDS_MAX, "a teleport: " + move);
        Violation.unless(walker.way <= allowed + 1e-6, "went " + walker.way + " of " + allowed + " steps: " + move);
    }

    void rejected(Recording.MoveRejected rejected) {
        Walker walker = walker(rejected.entity());
        Violation.unless(walker.x == rejected.x() && walker.y == rejected.y(), "not where it stands: " + rejected);
    }

    void checkSame(Iterable<Entity> entities) {
        TreeMap<Integer, Walker> missing = new TreeMap<>(walkers);
        int last = 0;
        for (Entity entity : entities) {
            Walker walker = missing.remove(entity.id());
            boolean same = walker != null && walker.x == entity.x() && walker.y == entity.y();
            Violation.unless(same && entity.id() > last, "entity differs or is out of order: " + entity);
            last = entity.id();
        }
        Violation.unless(missing.isEmpty(), "entities missing: " + missing.keySet());
    }

    private Walker walker(int entity) {
        Walker walker = walkers.get(entity);
        if (walker == null) {
            throw new Violation("nobody has entity " + entity);
        }
        return walker;
    }
}
