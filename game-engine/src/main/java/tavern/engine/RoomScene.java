package tavern.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.Scene;

/**
 * A scene in arrays: once they have grown, nothing here makes garbage. On the room's thread.
 *
 * <p>Players have the numbers that their host gives them, and NPCs larger ones: so one that is gone can be told after a
 * player has come in under a new number, and nobody takes the one for the other.
 */
public final class RoomScene implements Scene {
    /** Cells along each edge of the map, by which those who are near are found. */
    private static final int CELLS = 16;

    private static final int NONE = -1;

    /** What the game changes, for the host to tell and to keep. */
    public interface Changes {
        /** Nobody is told. */
        Changes NONE = new Changes() {};

        default void spawned(int entity, int kind, int x, int y) {}

        default void removed(int entity) {}

        default void placed(int entity, int x, int y) {}

        /** Of the attributes that are told. */
        default void set(int entity, int attribute, long value) {}
    }

    private final int playersMax;
    private final int width;
    private final int height;
    private final Changes changes;
    private final SplitMix64 random;
    private final Map<PlayerId, Integer> entities = new HashMap<>();

    /** By entity: its row, or {@link #NONE}. */
    private final int[] rows;

    private final NpcNumbers numbers;

    // By row.
    private int[] ids = new int[16];
    private int[] kinds = new int[16];
    private int[] xs = new int[16];
    private int[] ys = new int[16];
    private int[] cells = new int[16];
    private int[] nextInCell = new int[16];
    private int[] previousInCell = new int[16];
    private long[] attributes = new long[16 * ATTRIBUTES];
    private @Nullable PlayerId[] players = new @Nullable PlayerId[16];
    private int rowsUsed;
    private int firstFreeRow = NONE;

    /** By cell: the first row there, or {@link #NONE}. */
    private final int[] firstInCell = new int[CELLS * CELLS];

    /** A stack of those who were found: a call may ask again while it is told. */
    private int[] found = new int[32];

    private int foundCount;

    private boolean isTicking;

    /**
     * @param playersMax largest number that the host gives a player
     * @param npcsMax at the same time
     * @param width in 1/16 of a unit
     * @param height in 1/16 of a unit
     */
    public RoomScene(int playersMax, int npcsMax, int width, int height, long seed, Changes changes) {
        this.playersMax = playersMax;
        this.numbers = new NpcNumbers(playersMax + 1, npcsMax);
        this.width = width;
        this.height = height;
        this.changes = changes;
        this.random = new SplitMix64(seed);
        this.rows = new int[playersMax + npcsMax + 1];
        Arrays.fill(rows, NONE);
        Arrays.fill(firstInCell, NONE);
    }

    // ---- the host's part ----

    /** A player has come in. @throws IllegalArgumentException for a number that no player can have */
    public void entered(int entity, PlayerId player, int x, int y) {
        if (entity < 1 || entity > playersMax) {
            throw new IllegalArgumentException("entity " + entity + " of a player, of at most " + playersMax);
        }
        if (rows[entity] != NONE) {
            left(entity);
        }
        add(entity, PLAYER, onMap(x, width), onMap(y, height), player);
        entities.put(player, entity);
    }

    /** A player has moved. Does nothing for one who is not here. */
    public void moved(int entity, int x, int y) {
        if (has(entity)) {
            put(rows[entity], onMap(x, width), onMap(y, height));
        }
    }

    /** A player is gone. Does nothing for one who is not here. */
    public void left(int entity) {
        if (has(entity)) {
            PlayerId player = players[rows[entity]];
            if (player != null) {
                entities.remove(player, entity);
            }
            drop(entity);
        }
    }

    /** A tick begins: all that happened before it has been told. Only until it ends, the game may change the scene. */
    public void begin() {
        numbers.begin();
        isTicking = true;
    }

    void end() {
        isTicking = false;
    }

    private void requireTick() {
        if (!isTicking) {
            throw new IllegalStateException("only a tick may change the scene");
        }
    }

    /** Tells different scenes apart: of all that the game can see of it. */
    public long fingerprint() {
        long sum = random.state();
        for (int entity = 1; entity < rows.length; entity++) {
            if (rows[entity] != NONE) {
                int row = rows[entity];
                int at = row * ATTRIBUTES;
                int values = 1;
                for (int i = at; i < at + ATTRIBUTES; i++) {
                    values = 31 * values + Long.hashCode(attributes[i]);
                }
                sum = sum * 0x9e3779b97f4a7c15L
                        + (((long) entity << 32) ^ ((long) kinds[row] << 48) ^ ((long) xs[row] << 16) ^ ys[row])
                        + values;
            }
        }
        return sum;
    }

    /**
     * What there is of one entity.
     *
     * @param attributes all of them, those that are not told too
     */
    public record Thing(int entity, int kind, int x, int y, List<Long> attributes) {
        public Thing {
            attributes = List.copyOf(attributes);
        }
    }

    /** How many NPCs there are. */
    public int npcs() {
        int npcs = 0;
        for (int entity = playersMax + 1; entity < rows.length; entity++) {
            if (rows[entity] != NONE) {
                npcs++;
            }
        }
        return npcs;
    }

    /** All that is in the scene, in ascending order of the numbers. */
    public List<Thing> things() {
        return things(0, Integer.MAX_VALUE);
    }

    /** So many of those with numbers greater than {@code after}, in ascending order. */
    public List<Thing> things(int after, int max) {
        List<Thing> things = new ArrayList<>();
        for (int entity = after + 1; entity < rows.length && things.size() < max; entity++) {
            if (rows[entity] != NONE) {
                int row = rows[entity];
                List<Long> values = new ArrayList<>(ATTRIBUTES);
                for (int i = 0; i < ATTRIBUTES; i++) {
                    values.add(attributes[row * ATTRIBUTES + i]);
                }
                things.add(new Thing(entity, kinds[row], xs[row], ys[row], values));
            }
        }
        return things;
    }

    /**
     * Goes on with what was in the scene of another host. The players have entered before; comes before the first tick.
     *
     * @throws IllegalArgumentException when the numbers are not possible here
     */
    public void restore(List<Thing> things) {
        for (Thing thing : things) {
            if (thing.kind() != PLAYER) {
                if (thing.entity() <= playersMax || thing.entity() >= rows.length || rows[thing.entity()] != NONE) {
                    throw new IllegalArgumentException("entity " + thing.entity() + " of an NPC, of " + (playersMax + 1)
                            + " to " + (rows.length - 1));
                }
                add(thing.entity(), thing.kind(), onMap(thing.x(), width), onMap(thing.y(), height), null);
                changes.spawned(thing.entity(), thing.kind(), x(thing.entity()), y(thing.entity()));
                numbers.use(thing.entity());
            }
            int count = has(thing.entity())
                    ? Math.min(ATTRIBUTES, thing.attributes().size())
                    : 0;
            for (int i = 0; i < count; i++) {
                put(thing.entity(), i, thing.attributes().get(i));
            }
        }
        numbers.freeUnless(entity -> rows[entity] != NONE);
    }

    private void put(int entity, int attribute, long value) {
        int at = at(entity, attribute);
        if (attributes[at] != value) {
            attributes[at] = value;
            if (attribute < TOLD_ATTRIBUTES) {
                changes.set(entity, attribute, value);
            }
        }
    }

    // ---- the game's part ----

    @Override
    public int spawn(int kind, int x, int y) {
        requireTick();
        if (kind <= PLAYER) {
            throw new IllegalArgumentException("kind " + kind + " of an NPC: must be greater than 0");
        }
        int entity = numbers.take();
        if (entity != 0) {
            add(entity, kind, onMap(x, width), onMap(y, height), null);
            changes.spawned(entity, kind, x(entity), y(entity));
        }
        return entity;
    }

    @Override
    public void remove(int entity) {
        requireTick();
        if (kinds[row(entity)] == PLAYER) {
            throw new IllegalArgumentException("entity " + entity + " is a player, who leaves by himself");
        }
        drop(entity);
        numbers.giveBack(entity);
        changes.removed(entity);
    }

    @Override
    public void place(int entity, int x, int y) {
        requireTick();
        int row = row(entity);
        int toX = onMap(x, width);
        int toY = onMap(y, height);
        if (xs[row] != toX || ys[row] != toY) {
            put(row, toX, toY);
            changes.placed(entity, toX, toY);
        }
    }

    @Override
    public void set(int entity, int attribute, long value) {
        requireTick();
        put(entity, attribute, value);
    }

    @Override
    public long get(int entity, int attribute) {
        return attributes[at(entity, attribute)];
    }

    private int at(int entity, int attribute) {
        if (attribute < 0 || attribute >= ATTRIBUTES) {
            throw new IllegalArgumentException("attribute " + attribute + ", of 0 to " + (ATTRIBUTES - 1));
        }
        return row(entity) * ATTRIBUTES + attribute;
    }

    @Override
    public int x(int entity) {
        return xs[row(entity)];
    }

    @Override
    public int y(int entity) {
        return ys[row(entity)];
    }

    @Override
    public int kind(int entity) {
        return kinds[row(entity)];
    }

    @Override
    public boolean has(int entity) {
        return entity > 0 && entity < rows.length && rows[entity] != NONE;
    }

    @Override
    public int of(PlayerId player) {
        Integer entity = entities.get(player);
        return entity == null ? 0 : entity;
    }

    @Override
    public @Nullable PlayerId player(int entity) {
        return players[row(entity)];
    }

    @Override
    public int count(int kind) {
        int count = 0;
        for (int row = 0; row < rowsUsed; row++) {
            if (ids[row] != 0 && kinds[row] == kind) {
                count++;
            }
        }
        return count;
    }

    @Override
    public void each(int kind, IntConsumer each) {
        int from = foundCount;
        for (int row = 0; row < rowsUsed; row++) {
            if (ids[row] != 0 && kinds[row] == kind) {
                find(ids[row]);
            }
        }
        tellFound(from, each);
    }

    @Override
    public void near(int entity, int radius, IntConsumer each) {
        int row = row(entity);
        int x = xs[row];
        int y = ys[row];
        long square = (long) radius * radius;
        int from = foundCount;
        if (radius >= 0) {
            int right = cell(onMap((long) x + radius, width), width);
            int bottom = cell(onMap((long) y + radius, height), height);
            for (int cellY = cell(onMap((long) y - radius, height), height); cellY <= bottom; cellY++) {
                for (int cellX = cell(onMap((long) x - radius, width), width); cellX <= right; cellX++) {
                    for (int other = firstInCell[cellY * CELLS + cellX]; other != NONE; other = nextInCell[other]) {
                        long dx = (long) xs[other] - x;
                        long dy = (long) ys[other] - y;
                        if (other != row && dx * dx + dy * dy <= square) {
                            find(ids[other]);
                        }
                    }
                }
            }
        }
        tellFound(from, each);
    }

    private void find(int entity) {
        if (foundCount == found.length) {
            found = Arrays.copyOf(found, foundCount * 2);
        }
        found[foundCount++] = entity;
    }

    private void tellFound(int from, IntConsumer each) {
        int to = foundCount;
        try {
            Arrays.sort(found, from, to);
            for (int i = from; i < to; i++) {
                if (has(found[i])) {
                    each.accept(found[i]);
                }
            }
        } finally {
            foundCount = from;
        }
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    // ---- rows ----

    private int row(int entity) {
        if (!has(entity)) {
            throw new IllegalArgumentException("there is no entity " + entity + " in this scene");
        }
        return rows[entity];
    }

    private void add(int entity, int kind, int x, int y, @Nullable PlayerId player) {
        int row = firstFreeRow;
        if (row == NONE) {
            row = rowsUsed++;
            growTo(row);
        } else {
            firstFreeRow = nextInCell[row];
        }
        rows[entity] = row;
        ids[row] = entity;
        kinds[row] = kind;
        players[row] = player;
        Arrays.fill(attributes, row * ATTRIBUTES, (row + 1) * ATTRIBUTES, 0);
        xs[row] = x;
        ys[row] = y;
        enterCell(row);
    }

    private void drop(int entity) {
        int row = rows[entity];
        leaveCell(row);
        rows[entity] = NONE;
        ids[row] = 0;
        players[row] = null;
        nextInCell[row] = firstFreeRow;
        firstFreeRow = row;
    }

    private void put(int row, int x, int y) {
        xs[row] = x;
        ys[row] = y;
        if (cellOf(row) != cells[row]) {
            leaveCell(row);
            enterCell(row);
        }
    }

    private int cellOf(int row) {
        return cell(ys[row], height) * CELLS + cell(xs[row], width);
    }

    private static int cell(int place, int edge) {
        return (int) ((long) place * CELLS / (edge + 1L));
    }

    private void enterCell(int row) {
        int cell = cellOf(row);
        int first = firstInCell[cell];
        cells[row] = cell;
        nextInCell[row] = first;
        previousInCell[row] = NONE;
        if (first != NONE) {
            previousInCell[first] = row;
        }
        firstInCell[cell] = row;
    }

    private void leaveCell(int row) {
        int next = nextInCell[row];
        int previous = previousInCell[row];
        if (next != NONE) {
            previousInCell[next] = previous;
        }
        if (previous == NONE) {
            firstInCell[cells[row]] = next;
        } else {
            nextInCell[previous] = next;
        }
    }

    private void growTo(int row) {
        if (row < ids.length) {
            return;
        }
        int length = ids.length * 2;
        ids = Arrays.copyOf(ids, length);
        kinds = Arrays.copyOf(kinds, length);
        xs = Arrays.copyOf(xs, length);
        ys = Arrays.copyOf(ys, length);
        cells = Arrays.copyOf(cells, length);
        nextInCell = Arrays.copyOf(nextInCell, length);
        previousInCell = Arrays.copyOf(previousInCell, length);
        attributes = Arrays.copyOf(attributes, length * ATTRIBUTES);
        players = Arrays.copyOf(players, length);
    }

    private static int onMap(long place, int edge) {
        return (int) Math.max(0, Math.min(place, edge));
    }
}
