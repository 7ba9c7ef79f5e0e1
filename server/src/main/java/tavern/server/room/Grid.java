package tavern.server.room;

import java.util.Arrays;

/**
 * P-36: the map divided into square cells, and the members of each. An entity leaves a cell only some way past its
 * border, so that walking along a border does not change cells with every step.
 *
 * <p>Members of a cell are in no particular order. Moving in and out of cells makes no garbage.
 */
@OnRoomThread
final class Grid {
    /** An eighth of a cell past the border: P-36's statements about near and far follow from it. */
    private static final int MARGIN_SHARE = 8;

    private final int size;
    private final int margin;
    private final int across;
    private final int down;

    /** The members of each cell, indexed by cell. */
    private final int[][] members;

    private final int[] counts;

    // By entity id.
    private int[] cells = new int[32];
    private int[] slots = new int[32];

    /** All parameters are in 1/16 of a unit. */
    Grid(int mapWidth, int mapHeight, int cellSize) {
        size = cellSize;
        margin = cellSize / MARGIN_SHARE;
        across = RoomSettings.Interest.cellsOn(mapWidth, cellSize);
        down = RoomSettings.Interest.cellsOn(mapHeight, cellSize);
        members = new int[across * down][];
        counts = new int[across * down];
    }

    int cells() {
        return counts.length;
    }

    /** The cell of an entity that was in no cell before. */
    int cellAt(int x, int y) {
        return onMap(y / size, down) * across + onMap(x / size, across);
    }

    /** The cell of an entity that was in a cell before. */
    int cellAt(int x, int y, int before) {
        return along(y, before / across, down) * across + along(x, before % across, across);
    }

    private int along(int at, int before, int cells) {
        boolean stays = at >= before * size - margin && at < (before + 1) * size + margin;
        return stays ? before : onMap(at / size, cells);
    }

    private static int onMap(int index, int cells) {
        return Math.max(0, Math.min(index, cells - 1));
    }

    /** Returns whether entities in the two cells see each other. */
    boolean sees(int cell, int other) {
        return Math.abs(cell / across - other / across) <= 1 && Math.abs(cell % across - other % across) <= 1;
    }

    /** Fills in the cells in view of one cell, itself included. */
    int viewOf(int cell, int[] view) {
        int row = cell / across;
        int column = cell % across;
        int count = 0;
        for (int r = Math.max(0, row - 1); r <= Math.min(down - 1, row + 1); r++) {
            for (int c = Math.max(0, column - 1); c <= Math.min(across - 1, column + 1); c++) {
                view[count++] = r * across + c;
            }
        }
        return count;
    }

    // ---- members ----

    /** The cell to which the entity was assigned last. */
    int cellOf(int id) {
        return id < cells.length ? cells[id] : 0;
    }

    /** Remembers the entity's cell; the entity is not among its members yet. */
    void assign(int id, int cell) {
        if (id >= cells.length) {
            int capacity = Math.max(id + 1, cells.length * 2);
            cells = Arrays.copyOf(cells, capacity);
            slots = Arrays.copyOf(slots, capacity);
        }
        cells[id] = cell;
    }

    void enter(int id, int cell) {
        assign(id, cell);
        int count = counts[cell]++;
        int[] inside = members[cell];
        if (inside == null) {
            inside = members[cell] = new int[8];
        } else if (count == inside.length) {
            inside = members[cell] = Arrays.copyOf(inside, count * 2);
        }
        inside[count] = id;
        slots[id] = count;
    }

    void leave(int id) {
        int cell = cells[id];
        int[] inside = members[cell];
        int last = inside[--counts[cell]];
        inside[slots[id]] = last;
        slots[last] = slots[id];
    }

    /** Adds the members of a cell. */
    void addMembers(int cell, Ids to) {
        int[] inside = members[cell];
        for (int i = 0; i < counts[cell]; i++) {
            to.add(inside[i]);
        }
    }
}
