package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Map;
import tavern.game.RoomId;

/** The room list of a large server, as its event loops read it. */
public final class TenThousandRooms {
    public static final int ROOMS = 10_000;
    private static final int PAGE = 50;

    private final ListedRooms listed = new ListedRooms();

    /** Half of the rooms have the mode {@code duel}, and one in a hundred is in the region {@code south}. */
    public TenThousandRooms() {
        for (int i = 0; i < ROOMS; i++) {
            Map<String, String> metadata =
                    Map.of("mode", i % 2 == 0 ? "duel" : "open", "region", i % 100 == 1 ? "south" : "north");
            RoomInfo info = new RoomInfo(new RoomId(name(i)), i % 20, 20, false, metadata, "");
            listed.add(ListedRoom.of(info, info::players));
        }
    }

    private static String name(int number) {
        return "room-%05d".formatted(number);
    }

    /** Encodes the page after a room as a frame for the socket and returns its size in bytes. */
    public int page(int after, Map<String, String> metadata) {
        ByteBuf frame = Frames.encode(
                PooledByteBufAllocator.DEFAULT,
                Wire.rooms(1, listed.page(new RoomQuery("", name(after), PAGE, metadata))));
        int bytes = frame.readableBytes();
        frame.release();
        return bytes;
    }
}
