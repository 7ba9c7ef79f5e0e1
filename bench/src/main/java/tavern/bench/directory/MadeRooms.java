package tavern.bench.directory;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ObjLongConsumer;
import tavern.game.RoomId;
import tavern.server.room.RoomInfo;
import tavern.server.room.RoomsHere;

/** Rooms that only say that they are open, and players who go from one to another. One thread moves the players. */
final class MadeRooms implements RoomsHere {
    private static final int CAPACITY = 50;
    private static final long FENCE = 7;
    private static final long SEED = 42;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final AtomicReferenceArray<RoomInfo> rooms;
    private final int[] roomOfPlayer;

    MadeRooms(int count, int players) {
        rooms = new AtomicReferenceArray<>(count);
        for (int i = 0; i < count; i++) {
            Map<String, String> metadata =
                    Map.of("mode", "mode-" + i % 10, "map", "map-" + i % 37, "level", Integer.toString(i % 60));
            rooms.set(i, new RoomInfo(new RoomId(name(i)), 0, CAPACITY, false, metadata, "duel"));
        }
        roomOfPlayer = new int[count == 0 ? 0 : players];
        for (int player = 0; player < roomOfPlayer.length; player++) {
            roomOfPlayer[player] = random.nextInt(count);
            add(roomOfPlayer[player], 1);
        }
    }

    static String name(int number) {
        return "room-%05d".formatted(number);
    }

    private void add(int room, int players) {
        RoomInfo now = rooms.get(room);
        rooms.set(
                room,
                new RoomInfo(
                        now.id(), now.players() + players, now.capacity(), now.unlisted(), now.metadata(), now.type()));
    }

    /** Lets a player go to another room. */
    void move() {
        if (roomOfPlayer.length > 0) {
            int player = random.nextInt(roomOfPlayer.length);
            add(roomOfPlayer[player], -1);
            roomOfPlayer[player] = random.nextInt(rooms.length());
            add(roomOfPlayer[player], 1);
        }
    }

    int count() {
        return rooms.length();
    }

    int players() {
        return roomOfPlayer.length;
    }

    @Override
    public void forEach(ObjLongConsumer<RoomInfo> each) {
        for (int i = 0; i < rooms.length(); i++) {
            each.accept(rooms.get(i), FENCE);
        }
    }

    @Override
    public boolean isOpen(RoomId room) {
        return rooms.length() > 0 && room.name().startsWith("room-");
    }
}
