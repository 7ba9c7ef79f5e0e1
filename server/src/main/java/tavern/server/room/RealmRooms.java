package tavern.server.room;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.cluster.RoomsOfRealm;
import tavern.server.guard.PacedLog;
import tavern.server.store.OpenRoom;
import tavern.server.store.RoomNews;

/**
 * All open rooms of the realm: those of this server, and a copy of what the directory knows of others. Lists are read from
 * the copy, so that the store is not asked. Methods are confined to the directory's thread, unless stated otherwise.
 */
public final class RealmRooms implements RoomsOfRealm {
    private static final PacedLog overflows = PacedLog.perSecond(LoggerFactory.getLogger(RealmRooms.class));
    private static final Logger log = LoggerFactory.getLogger(RealmRooms.class);

    /** Characters of metadata that the copy may have for each room that it may have. */
    private static final int CHARACTERS_OF_EACH = 256;

    private static final int TIDIED_MAX = 100;

    /** Characters of metadata that are told at once: players choose them, and the store is busy meanwhile. */
    private static final int CHARACTERS_AT_ONCE = 262_144;

    private final String node;
    private final RoomsHere rooms;
    private final int copiesMax;

    /** What the directory was told of rooms here. */
    private final Map<RoomId, Told> told = new HashMap<>();

    /** Rooms that the directory takes for this server's, by mistake. */
    private final Map<RoomId, Long> mistaken = new HashMap<>();

    private final ConcurrentMap<RoomId, Elsewhere> copies = new ConcurrentHashMap<>();
    private final ListedRooms listed = new ListedRooms();
    private long characters;
    private volatile Set<String> live = Set.of();
    private boolean tidies;

    /** Rooms that were read since all are being read; null when they are not. */
    private @Nullable Set<RoomId> read;

    /** Where the next search for changed rooms begins, so that none is always the last. */
    private int turn;

    /** Of the metadata in the news that is being put together. */
    private long toldCharacters;

    /** @param info as it was told */
    private record Told(RoomInfo info, long fence) {}

    /** A room of another server. */
    private static final class Elsewhere {
        /** Replaced by whatever is newer. */
        volatile OpenRoom room;

        /** In the list of rooms; null when it is unlisted, or its server is gone. */
        @Nullable
        ListedRoom entry;

        Elsewhere(OpenRoom room) {
            this.room = room;
        }
    }

    /**
     * @param node the id of this server
     * @param copiesMax how many rooms of other servers are known here at most
     */
    public RealmRooms(String node, RoomsHere rooms, int copiesMax) {
        this.node = node;
        this.rooms = rooms;
        this.copiesMax = copiesMax;
    }

    // ---- what this server tells ----

    @Override
    public List<RoomNews> news(int max) {
        List<RoomNews> news = new ArrayList<>();
        List<RoomInfo> changed = new ArrayList<>();
        toldCharacters = 0;
        int before = told.size();
        int[] stillOpen = new int[1];
        rooms.forEach((info, fence) -> {
            Told earlier = told.get(info.id());
            stillOpen[0] += earlier == null ? 0 : 1;
            if (earlier == null || earlier.fence() != fence) {
                tell(info, fence, news, max);
            } else if (earlier.info() != info && !earlier.info().equals(info)) {
                changed.add(info);
            }
        });
        if (stillOpen[0] < before) {
            tellClosed(news, max);
        }
        for (int i = 0; i < changed.size() && news.size() < max; i++) {
            RoomInfo info = changed.get((turn + i) % changed.size());
            Told earlier = told.get(info.id());
            if (earlier != null) {
                tell(info, earlier.fence(), news, max);
            }
        }
        turn = changed.isEmpty() ? 0 : (turn + max) % changed.size();
        tellMistakes(news, max);
        if (tidies) {
            tidy(news, max);
        }
        return news;
    }

    private void tell(RoomInfo info, long fence, List<RoomNews> news, int max) {
        if (news.size() < max && toldCharacters <= CHARACTERS_AT_ONCE) {
            OpenRoom room = open(info, fence);
            toldCharacters += characters(room);
            told.put(info.id(), new Told(info, fence));
            news.add(RoomNews.of(room));
        }
    }

    private OpenRoom open(RoomInfo info, long fence) {
        return new OpenRoom(
                info.id(), fence, node, info.players(), info.capacity(), info.unlisted(), info.metadata(), info.type());
    }

    private void tellClosed(List<RoomNews> news, int max) {
        Set<RoomId> all = new HashSet<>();
        rooms.forEach((info, fence) -> all.add(info.id()));
        Iterator<Map.Entry<RoomId, Told>> each = told.entrySet().iterator();
        while (each.hasNext() && news.size() < max) {
            Map.Entry<RoomId, Told> room = each.next();
            if (!all.contains(room.getKey())) {
                each.remove();
                news.add(RoomNews.closed(room.getKey(), room.getValue().fence()));
            }
        }
    }

    private void tellMistakes(List<RoomNews> news, int max) {
        Iterator<Map.Entry<RoomId, Long>> each = mistaken.entrySet().iterator();
        while (each.hasNext() && news.size() < max) {
            Map.Entry<RoomId, Long> room = each.next();
            each.remove();
            if (!rooms.isOpen(room.getKey())) {
                news.add(RoomNews.closed(room.getKey(), room.getValue()));
            }
        }
    }

    /** Closes rooms of servers that are gone, a few at a time. They are told again until the directory says that they are closed. */
    private void tidy(List<RoomNews> news, int max) {
        int tidied = 0;
        for (Elsewhere copy : copies.values()) {
            OpenRoom room = copy.room;
            if (!live.contains(room.node())) {
                if (news.size() >= max || tidied == TIDIED_MAX) {
                    return;
                }
                tidied++;
                news.add(RoomNews.closed(room.room(), room.fence()));
            }
        }
    }

    @Override
    public void untold(List<RoomNews> news) {
        for (RoomNews room : news) {
            OpenRoom open = room.open();
            if (open == null) {
                mistaken.put(room.room(), room.fence());
            } else {
                told.remove(room.room());
            }
        }
    }

    // ---- what it hears ----

    @Override
    public void heard(List<RoomNews> news) {
        for (RoomNews room : news) {
            OpenRoom open = room.open();
            if (read != null) {
                read.add(room.room());
            }
            if (open != null && open.node().equals(node)) {
                hearOwn(open);
            } else {
                hearOther(room, open);
            }
        }
    }

    /** Of an earlier life of this server, or of one that was closed while nothing could be told. */
    private void hearOwn(OpenRoom room) {
        forget(room.room());
        if (!told.containsKey(room.room())) {
            mistaken.put(room.room(), room.fence());
        }
    }

    private void hearOther(RoomNews room, @Nullable OpenRoom open) {
        Told own = told.get(room.room());
        if (own != null && own.fence() >= room.fence()) {
            told.remove(room.room()); // the directory is mistaken, and is told again
            return;
        }
        if (open == null) {
            forget(room.room());
        } else {
            copy(open);
        }
    }

    private void copy(OpenRoom room) {
        Elsewhere known = copies.get(room.room());
        if (known != null && isSameBut(known.room, room)) {
            known.room = room;
            return;
        }
        forget(room.room());
        int length = characters(room);
        if (copies.size() >= copiesMax || characters + length > (long) copiesMax * CHARACTERS_OF_EACH) {
            overflows.warn(
                    "the realm has more open rooms than the {} of cluster.directory-rooms-max; this server does not list all",
                    copiesMax);
            return;
        }
        characters += length;
        Elsewhere copy = new Elsewhere(room);
        copies.put(room.room(), copy);
        if (live.contains(room.node())) {
            list(copy);
        }
    }

    /** Whether the list has both at the same place, with another number of players. */
    private static boolean isSameBut(OpenRoom one, OpenRoom other) {
        return one.node().equals(other.node())
                && one.capacity() == other.capacity()
                && one.unlisted() == other.unlisted()
                && one.type().equals(other.type())
                && one.metadata().equals(other.metadata());
    }

    private static int characters(OpenRoom room) {
        return room.metadata().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
    }

    private void list(Elsewhere copy) {
        OpenRoom room = copy.room;
        if (copy.entry == null && !room.unlisted()) {
            RoomInfo info =
                    new RoomInfo(room.room(), room.players(), room.capacity(), false, room.metadata(), room.type());
            ListedRoom entry = ListedRoom.of(info, () -> copy.room.players());
            copy.entry = entry;
            listed.add(entry);
        }
    }

    private void unlist(Elsewhere copy) {
        if (copy.entry != null) {
            listed.remove(copy.entry);
            copy.entry = null;
        }
    }

    private void forget(RoomId room) {
        Elsewhere copy = copies.remove(room);
        if (copy != null) {
            characters -= characters(copy.room);
            unlist(copy);
        }
    }

    @Override
    public void wholeBegins() {
        read = new HashSet<>();
    }

    @Override
    public void wholeEnds() {
        Set<RoomId> all = read;
        read = null;
        if (all == null) {
            return;
        }
        List.copyOf(copies.keySet()).stream()
                .filter(room -> !all.contains(room))
                .forEach(this::forget);
        int before = told.size();
        told.keySet().retainAll(all);
        if (told.size() < before) {
            log.info("the directory has lost {} rooms of this server, which tells of them again", before - told.size());
        }
    }

    @Override
    public void live(Set<String> nodes, boolean isToTidy) {
        tidies = isToTidy;
        if (!nodes.equals(live)) {
            live = nodes;
            for (Elsewhere copy : copies.values()) {
                if (nodes.contains(copy.room.node())) {
                    list(copy);
                } else {
                    unlist(copy);
                }
            }
        }
    }

    // ---- lists, on any thread ----

    @Override
    public boolean isElsewhere(RoomId room) {
        Elsewhere copy = copies.get(room);
        return copy != null && live.contains(copy.room.node());
    }

    /** A page of the listed rooms of the realm. @param own the page of those of this server */
    public RoomPage page(RoomPage own, RoomQuery query) {
        return copies.isEmpty() ? own : RoomPage.merged(own, listed.page(query), query);
    }

    /** By what the rooms of a page are sorted. */
    public enum Order {
        NAME(Comparator.comparing(room -> room.room().name())),
        /** Those with most players first. */
        PLAYERS(Comparator.comparingInt(OpenRoom::players)
                .reversed()
                .thenComparing(room -> room.room().name()));

        private final Comparator<OpenRoom> comparator;

        Order(Comparator<OpenRoom> comparator) {
            this.comparator = comparator;
        }

        public Comparator<OpenRoom> comparator() {
            return comparator;
        }
    }

    /**
     * Rooms in this order.
     *
     * @param total how many there are that fit, on all pages
     */
    public record Found(List<OpenRoom> rooms, int total) {}

    /**
     * Looks for rooms of the realm, also unlisted ones, for operators. Looks at each room: 10,000 take about two milliseconds.
     *
     * @param after the last one of the page before; null for the first page
     */
    public Found find(Predicate<OpenRoom> wanted, Order order, @Nullable OpenRoom after, int max) {
        Comparator<OpenRoom> comparator = order.comparator();
        PriorityQueue<OpenRoom> first = new PriorityQueue<>(comparator.reversed());
        int[] total = new int[1];
        rooms.forEach((info, fence) -> total[0] += keep(open(info, fence), wanted, comparator, after, max, first));
        for (Elsewhere copy : copies.values()) {
            if (!rooms.isOpen(copy.room.room()) && live.contains(copy.room.node())) {
                total[0] += keep(copy.room, wanted, comparator, after, max, first);
            }
        }
        List<OpenRoom> page = new ArrayList<>(first);
        page.sort(comparator);
        return new Found(page, total[0]);
    }

    private static int keep(
            OpenRoom room,
            Predicate<OpenRoom> wanted,
            Comparator<OpenRoom> comparator,
            @Nullable OpenRoom after,
            int max,
            PriorityQueue<OpenRoom> first) {
        if (!wanted.test(room)) {
            return 0;
        }
        OpenRoom last = first.size() < max ? null : first.peek();
        if ((last == null || comparator.compare(room, last) < 0)
                && (after == null || comparator.compare(room, after) > 0)) {
            first.add(room);
            if (last != null) {
                first.poll();
            }
        }
        return 1;
    }
}
