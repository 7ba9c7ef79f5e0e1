package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * A room in the list of rooms.
 *
 * @param opened the room as it was opened; its metadata never changes
 * @param players the approximate number of its players now; called on any thread
 * @param encoded the room as a {@code tavern.v1.RoomInfo} without the number of players, encoded once: to encode the
 *     metadata anew for each page is most of what a page costs
 * @param characters of the metadata
 */
public record ListedRoom(RoomInfo opened, IntSupplier players, ByteString encoded, int characters) {
    static ListedRoom of(RoomInfo opened, IntSupplier players) {
        int characters = opened.metadata().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
        ByteString encoded = tavern.protocol.v1.RoomInfo.newBuilder()
                .setRoom(opened.id().name())
                .setCapacity(opened.capacity())
                .putAllMetadata(opened.metadata())
                .setType(opened.type())
                .build()
                .toByteString();
        return new ListedRoom(opened, players, encoded, characters);
    }

    /** The room as a {@code tavern.v1.RoomInfo} that tells how many players it has now. */
    ByteString info() {
        ByteString number = tavern.protocol.v1.RoomInfo.newBuilder()
                .setPlayers(players.getAsInt())
                .build()
                .toByteString();
        // Two encodings of one message, one after the other, are the encoding of both merged.
        return encoded.concat(number);
    }

    boolean fits(Map<String, String> metadata) {
        return opened.metadata().entrySet().containsAll(metadata.entrySet());
    }
}
