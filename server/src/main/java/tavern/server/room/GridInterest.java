package tavern.server.room;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * P-36: each member sees the entities in its own cell and in the cells around it. All members of one cell see the same,
 * so each cell with members has one snapshot, and no member needs nine put together.
 *
 * <p>A tick costs in proportion to what it sends: each move is processed only by the cells that see it and that
 * somebody watches. An entity changes its cell, and with it who sees whom, in ticks only; between ticks everything is
 * as the last tick left it.
 */
@OnRoomThread
final class GridInterest implements Interest {
    private static final int VIEW_CELLS_MAX = 9;
    private static final int NOWHERE = -1;

    private final Grid grid;
    private final int cellSize;
    private final SnapshotEncoder snapshots;
    private final Seats seats;

    /** Indexed by cell; a zone is created when somebody is there for the first time. */
    private final @Nullable Zone[] zones;

    /** The zones that somebody watches. */
    private final List<Zone> watched = new ArrayList<>();

    private final List<Zone> arriving = new ArrayList<>();
    private final DirtyFlag missed = new DirtyFlag();
    private final Laggards laggards = new Laggards(missed, this::anyIsBehind);
    private final SendBatch own = new SendBatch();
    private final VolatileEvents volatiles = new VolatileEvents();
    private List<ByteBuf> events = new ArrayList<>();

    /** Entities that have been part of a tick since they came: their place has been sent. */
    private final BitSet shown = new BitSet();

    /** NPCs that are gone, which the next tick tells. */
    private final Ids vanished = new Ids();

    private final int[] view = new int[VIEW_CELLS_MAX];
    private final Ids inView = new Ids();
    /** The cell before this tick, in the order of the encoder's changes. */
    private int[] before = new int[32];

    private int lastTick;

    /** @param cellSize of the grid, in 1/16 of a unit */
    GridInterest(Grid grid, int cellSize, SnapshotEncoder snapshots, Seats seats) {
        this.grid = grid;
        this.cellSize = cellSize;
        this.snapshots = snapshots;
        this.seats = seats;
        this.zones = new Zone[grid.cells()];
    }

    @Override
    public void place(int id, int x, int y, int seq) {
        snapshots.place(id, x, y, seq);
        // Sent with the next tick to the members that see the entity.
        snapshots.moved(id, x, y, seq);
        grid.assign(id, grid.cellAt(x, y));
    }

    @Override
    public void moved(int id, int x, int y, int seq) {
        snapshots.moved(id, x, y, seq);
    }

    @Override
    public void remove(int id) {
        snapshots.remove(id);
        if (shown.get(id)) {
            shown.clear(id);
            grid.leave(id);
        }
    }

    @Override
    public void appear(int id, int kind, int x, int y) {
        snapshots.appear(id, kind, x, y);
        grid.assign(id, grid.cellAt(x, y));
    }

    @Override
    public void vanish(int id) {
        snapshots.remove(id);
        if (shown.get(id)) {
            // Until the next tick it is in its cell, so that who comes there is told the same as the others.
            snapshots.vanished(id);
            vanished.add(id);
        }
    }

    @Override
    public void attribute(int id, int attribute, long value) {
        snapshots.attribute(id, attribute, value);
    }

    @Override
    public void watch(Seat seat, Outlet outlet) {
        add(zoneAt(grid.cellOf(seat.entity)), outlet);
    }

    private void add(Zone zone, Outlet outlet) {
        if (zone.fanOut.isEmpty()) {
            watched.add(zone);
            zone.sentTick = lastTick;
        }
        zone.fanOut.add(outlet);
    }

    @Override
    public void unwatch(Seat seat, Outlet outlet) {
        remove(zoneAt(grid.cellOf(seat.entity)), outlet);
    }

    private void remove(Zone zone, Outlet outlet) {
        zone.fanOut.remove(outlet);
        if (zone.fanOut.isEmpty()) {
            watched.remove(zone);
        }
    }

    private Zone zoneAt(int cell) {
        Zone zone = zones[cell];
        if (zone == null) {
            zone = zones[cell] = new Zone(cell, missed);
        }
        return zone;
    }

    @Override
    public void clear() {
        watched.forEach(zone -> zone.fanOut.clear());
        watched.clear();
    }

    @Override
    public boolean sees(Seat seat, int entity) {
        return entity == seat.entity || (shown.get(entity) && grid.sees(grid.cellOf(seat.entity), grid.cellOf(entity)));
    }

    @Override
    public int asOf(Seat seat) {
        Zone zone = zoneAt(grid.cellOf(seat.entity));
        return zone.fanOut.isEmpty() ? lastTick : zone.sentTick;
    }

    @Override
    public int cellSize() {
        return cellSize;
    }

    // ---- sending ----

    @Override
    public void event(ByteBuf frame) {
        events.add(frame);
    }

    @Override
    public void volatileEvent(ByteBuf frame, @Nullable Outlet to) {
        volatiles.add(frame, to);
    }

    @Override
    public boolean flush() {
        if (events.isEmpty()) {
            return false;
        }
        List<ByteBuf> due = takeEvents();
        try {
            watched.forEach(zone -> zone.fanOut.collect(due, null, null, own));
        } finally {
            due.forEach(ByteBuf::release);
        }
        own.send();
        return true;
    }

    @Override
    public void refresh() {
        List<ByteBuf> due = takeEvents();
        try {
            for (Zone zone : watched) {
                ByteBuf state = encodeView(zone);
                List<ByteBuf> all = new ArrayList<>(due);
                all.add(state);
                zone.fanOut.collect(all, null, null, own);
                state.release();
            }
        } finally {
            due.forEach(ByteBuf::release);
        }
        own.send();
    }

    @Override
    public void tick(int tick, SendBatch batch) {
        lastTick = tick;
        List<ByteBuf> due = takeEvents();
        try {
            encodeChanges(tick);
            encodeStates();
            collect(due, batch);
        } finally {
            due.forEach(ByteBuf::release);
            vanished.clear();
            for (Zone zone : arriving) {
                zone.arrivals.forEach(outlet -> add(zone, outlet));
            }
            arriving.clear();
            watched.forEach(Zone::reset);
        }
        if (!volatiles.isEmpty()) {
            watched.forEach(zone -> volatiles.collectToAll(zone.fanOut, batch));
            volatiles.collectRest(batch);
        }
    }

    private boolean anyIsBehind() {
        for (Zone zone : watched) {
            if (zone.fanOut.anyIsBehind()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isAtRest() {
        return events.isEmpty() && !laggards.mayBeThere();
    }

    /** Hands the list over: the receivers keep it, so it must not grow any more. */
    private List<ByteBuf> takeEvents() {
        List<ByteBuf> due = events;
        events = new ArrayList<>();
        return due;
    }

    private void encodeChanges(int tick) {
        int count = snapshots.sortChanges();
        int changedAttributes = snapshots.sortAttributeChanges();
        if (count == 0 && changedAttributes == 0 && vanished.isEmpty()) {
            return;
        }
        if (before.length < count) {
            before = Arrays.copyOf(before, count * 2);
        }
        for (int i = 0; i < count; i++) {
            before[i] = changeCell(snapshots.change(i));
        }
        for (int i = 0; i < count; i++) {
            tell(snapshots.change(i), before[i]);
        }
        tellAttributes(changedAttributes);
        tellVanished();
        for (Zone zone : watched) {
            if (zone.isTouched()) {
                zone.snapshot(
                        snapshots.encode(tick, zone.moved, zone.entered, zone.left, zone.told, Frames.ALLOCATOR), tick);
            }
        }
        snapshots.commit(tick);
    }

    /** @return the cell before, or {@link #NOWHERE} for an entity that has just come */
    private int changeCell(int id) {
        boolean wasShown = shown.get(id);
        int cellBefore = grid.cellOf(id);
        int cell = grid.cellAt(snapshots.nextX(id), snapshots.nextY(id), cellBefore);
        if (cell != cellBefore) {
            moveWatcher(id, cellBefore, cell);
        }
        if (!wasShown) {
            shown.set(id);
            grid.enter(id, cell);
        } else if (cell != cellBefore) {
            grid.leave(id);
            grid.enter(id, cell);
        }
        return wasShown ? cellBefore : NOWHERE;
    }

    private void moveWatcher(int id, int from, int to) {
        if (snapshots.isNpc(id)) {
            return; // asking for its seat would make garbage
        }
        Seat seat = seats.ofEntity(id);
        if (seat != null && seat.outlet != null) {
            remove(zoneAt(from), seat.outlet);
            Zone zone = zoneAt(to);
            if (zone.arrivals.isEmpty()) {
                arriving.add(zone);
            }
            zone.arrivals.add(seat.outlet);
        }
    }

    /** Tells the watched zones what an entity's change means to them. */
    private void tell(int id, int cellBefore) {
        int cell = grid.cellOf(id);
        int count = grid.viewOf(cell, view);
        for (int i = 0; i < count; i++) {
            Zone zone = zones[view[i]];
            if (zone != null && !zone.fanOut.isEmpty()) {
                boolean saw = cellBefore == cell || (cellBefore != NOWHERE && grid.sees(view[i], cellBefore));
                (saw ? zone.moved : zone.entered).add(id);
                if (saw && snapshots.hasChangedAttributes(id)) {
                    zone.told.add(id);
                }
            }
        }
        if (cellBefore != cell && cellBefore != NOWHERE) {
            count = grid.viewOf(cellBefore, view);
            for (int i = 0; i < count; i++) {
                Zone zone = zones[view[i]];
                if (zone != null && !zone.fanOut.isEmpty() && !grid.sees(view[i], cell)) {
                    zone.left.add(id);
                }
            }
        }
    }

    /** Tells the watched zones of entities whose attributes have changed, and which have not moved. */
    private void tellAttributes(int changedAttributes) {
        for (int i = 0; i < changedAttributes; i++) {
            int id = snapshots.attributeChange(i);
            if (!snapshots.hasMoved(id)) {
                int count = grid.viewOf(grid.cellOf(id), view);
                for (int j = 0; j < count; j++) {
                    Zone zone = zones[view[j]];
                    if (zone != null && !zone.fanOut.isEmpty()) {
                        zone.told.add(id);
                    }
                }
            }
        }
        if (changedAttributes > 0) {
            for (Zone zone : watched) {
                zone.told.sort();
            }
        }
    }

    private void tellVanished() {
        for (int i = 0; i < vanished.size(); i++) {
            int count = grid.viewOf(grid.cellOf(vanished.get(i)), view);
            for (int j = 0; j < count; j++) {
                Zone zone = zones[view[j]];
                if (zone != null && !zone.fanOut.isEmpty()) {
                    zone.left.add(vanished.get(i));
                }
            }
            shown.clear(vanished.get(i));
            grid.leave(vanished.get(i));
        }
        if (!vanished.isEmpty()) {
            for (Zone zone : watched) {
                zone.left.sort();
            }
        }
    }

    private void encodeStates() {
        if (laggards.areThere()) {
            for (Zone zone : watched) {
                if (zone.fanOut.anyNeedsState()) {
                    zone.state(encodeView(zone));
                }
            }
        }
        for (Zone zone : arriving) {
            if (zone.fanOut.isEmpty()) {
                zone.sentTick = lastTick;
            }
            if (zone.state == null) {
                zone.state(encodeView(zone));
            }
        }
    }

    private ByteBuf encodeView(Zone zone) {
        inView.clear();
        int count = grid.viewOf(zone.cell, view);
        for (int i = 0; i < count; i++) {
            grid.addMembers(view[i], inView);
        }
        inView.sort();
        return snapshots.encodeAnew(zone.sentTick, inView, Frames.ALLOCATOR);
    }

    private void collect(List<ByteBuf> due, SendBatch batch) {
        for (Zone zone : watched) {
            if (!due.isEmpty() || zone.snapshot != null || zone.state != null) {
                zone.fanOut.collect(due, zone.snapshot, zone.state, batch);
            }
        }
        for (Zone zone : arriving) {
            for (Outlet outlet : zone.arrivals) {
                zone.fanOut.collect(outlet, due, zone.state, batch);
            }
        }
    }
}
