package tavern.server.game;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;

/**
 * Where each entity stands, and whether a move is possible. Entities are stored as parallel arrays, so that a move does
 * not allocate.
 *
 * <p>Speed is enforced by a travel budget that refills with time: the same distance is allowed in one step or in many,
 * early or late within the slack. The budget holds at most {@link #BUDGET_MILLIS} of travel, so that a long silence
 * does not pay for a teleport. Budgets are in thousandths of a step, which makes steps per second times milliseconds
 * exact.
 */
final class Movement {
    /** Travel budget that a player starts with: how early a jittery network may deliver moves. */
    private static final long SLACK_MILLIS = 250;

    private static final long BUDGET_MILLIS = 1000 + SLACK_MILLIS;

    /** What a violation adds to the score, which decreases by one each millisecond. */
    private static final long VIOLATION = 1000;

    private final GameSettings settings;
    private final SplittableRandom spawns;
    private final BitSet taken = new BitSet();
    private final GameTime time = new GameTime();
    private @Nullable MoveCheck check;

    private Player[] players = new Player[16];
    private int[] xs = new int[16];
    private int[] ys = new int[16];
    private int[] seqs = new int[16];
    private boolean[] hasMoved = new boolean[16];
    private long[] budgets = new long[16];
    private long[] refilledAt = new long[16];
    private long[] scores = new long[16];
    private long[] scoredAt = new long[16];

    /** @param seed seeds the places where players without a position appear */
    Movement(GameSettings settings, long seed) {
        this.settings = settings;
        this.spawns = new SplittableRandom(seed);
        taken.set(0); // P-31: entity ids start at 1
    }

    /** Also asks somebody else about each move that is possible. */
    void check(MoveCheck other) {
        check = other;
    }

    /** P-113: allowances grow at the room's speed. */
    void passTime(int permille, long nowMillis) {
        time.pass(permille, nowMillis);
    }

    Entity enter(Player player, @Nullable Position at, long nowMillis) {
        int entity = taken.nextClearBit(0);
        taken.set(entity);
        growTo(entity);
        Position place = at == null ? spawn() : onMap(at);
        players[entity] = player;
        xs[entity] = place.x();
        ys[entity] = place.y();
        seqs[entity] = 0;
        hasMoved[entity] = false;
        budgets[entity] = settings.maxSpeed() * SLACK_MILLIS;
        refilledAt[entity] = time.at(nowMillis);
        scores[entity] = 0;
        scoredAt[entity] = nowMillis;
        return entity(entity);
    }

    /**
     * Goes on with an entity of a room that another server had, under its number. It has its full travel budget: while
     * the room moved, its client went on.
     */
    void restore(Entity as, long nowMillis) {
        int entity = as.id();
        taken.set(entity);
        growTo(entity);
        Position place = onMap(new Position(as.x(), as.y()));
        players[entity] = as.player();
        xs[entity] = place.x();
        ys[entity] = place.y();
        seqs[entity] = as.seq();
        hasMoved[entity] = as.seq() != 0;
        budgets[entity] = settings.maxSpeed() * BUDGET_MILLIS;
        refilledAt[entity] = nowMillis;
        scores[entity] = 0;
        scoredAt[entity] = nowMillis;
    }

    void leave(int entity) {
        taken.clear(entity);
    }

    /** The player's client starts numbering again: whatever seq comes next is the newest. */
    void restartSeq(int entity) {
        hasMoved[entity] = false;
    }

    List<Entity> entities() {
        List<Entity> entities = new ArrayList<>(taken.cardinality());
        for (int entity = taken.nextSetBit(1); entity >= 0; entity = taken.nextSetBit(entity + 1)) {
            entities.add(entity(entity));
        }
        return entities;
    }

    void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
        boolean gone = entity <= 0 || !taken.get(entity);
        // P-10: numbers wrap around, so "after" is the sign of the difference.
        if (gone || (hasMoved[entity] && seq - seqs[entity] <= 0)) {
            return;
        }
        refill(entity, time.at(nowMillis));
        long cost = cost(entity, x, y);
        if (cost > budgets[entity]) {
            reject(entity, seq, nowMillis, effects);
            return;
        }
        if (check != null && !check.mayMove(entity, x, y)) {
            // Not held against the player, who cannot always know.
            effects.moveRejected(entity, seq, xs[entity], ys[entity]);
            return;
        }
        budgets[entity] -= cost;
        xs[entity] = x;
        ys[entity] = y;
        seqs[entity] = seq;
        hasMoved[entity] = true;
        effects.moved(entity, x, y, seq);
    }

    /** Whatever the distance. */
    void place(int entity, int x, int y, Effects effects) {
        if (entity > 0 && taken.get(entity)) {
            xs[entity] = x;
            ys[entity] = y;
            effects.moved(entity, x, y, seqs[entity]);
        }
    }

    private void refill(int entity, long gameMillis) {
        long elapsedMillis = Math.min(gameMillis - refilledAt[entity], BUDGET_MILLIS);
        long full = settings.maxSpeed() * BUDGET_MILLIS;
        budgets[entity] = Math.min(full, budgets[entity] + settings.maxSpeed() * elapsedMillis);
        refilledAt[entity] = gameMillis;
    }

    private long cost(int entity, int x, int y) {
        if (x < 0 || y < 0 || x > settings.mapWidth() || y > settings.mapHeight()) {
            return Long.MAX_VALUE;
        }
        double dx = (double) x - xs[entity];
        double dy = (double) y - ys[entity];
        return (long) Math.ceil(1000 * Math.sqrt(dx * dx + dy * dy));
    }

    private void reject(int entity, int seq, long nowMillis, Effects effects) {
        effects.moveRejected(entity, seq, xs[entity], ys[entity]);
        if (time.isSlow()) {
            // P-113: a client that does not know of the speed walks too fast, and should not be kicked for that.
            return;
        }
        long decayed = Math.max(0, scores[entity] - (nowMillis - scoredAt[entity]));
        scores[entity] = decayed + VIOLATION;
        scoredAt[entity] = nowMillis;
        if (settings.violationsMax() > 0 && scores[entity] >= settings.violationsMax() * VIOLATION) {
            scores[entity] = 0; // expel once, not with every further move until the player is gone
            effects.expel(players[entity].id(), ErrorCode.KICKED, "too many impossible moves");
        }
    }

    private Entity entity(int entity) {
        return new Entity(entity, players[entity], xs[entity], ys[entity], seqs[entity]);
    }

    private Position spawn() {
        return new Position(
                (int) spawns.nextLong(settings.mapWidth() + 1L), (int) spawns.nextLong(settings.mapHeight() + 1L));
    }

    private Position onMap(Position at) {
        return new Position(
                Math.max(0, Math.min(at.x(), settings.mapWidth())),
                Math.max(0, Math.min(at.y(), settings.mapHeight())));
    }

    private void growTo(int entity) {
        if (entity < players.length) {
            return;
        }
        int length = Math.max(entity + 1, players.length * 2);
        players = Arrays.copyOf(players, length);
        xs = Arrays.copyOf(xs, length);
        ys = Arrays.copyOf(ys, length);
        seqs = Arrays.copyOf(seqs, length);
        hasMoved = Arrays.copyOf(hasMoved, length);
        budgets = Arrays.copyOf(budgets, length);
        refilledAt = Arrays.copyOf(refilledAt, length);
        scores = Arrays.copyOf(scores, length);
        scoredAt = Arrays.copyOf(scoredAt, length);
    }
}
