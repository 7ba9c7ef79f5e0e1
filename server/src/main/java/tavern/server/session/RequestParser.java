package tavern.server.session;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import tavern.game.Goods;
import tavern.game.Names;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Stack;
import tavern.server.room.RoomOptions;
import tavern.server.room.RoomQuery;

/** Translates clients' messages into the rules' types, and refuses what has no such form. */
final class RequestParser {
    private static final int TRADE_ID_BYTES = 16;
    private static final int TICKET_BYTES_MAX = 4 * 1024;
    private static final int METADATA_ENTRIES_MAX = 8;
    private static final int METADATA_KEY_CHARACTERS_MAX = 32;
    private static final int METADATA_VALUE_CHARACTERS_MAX = 128;

    private RequestParser() {}

    static RoomId room(String name) throws BadRequestException {
        if (!Names.isRoomName(name)) {
            throw new BadRequestException(
                    ErrorCode.BAD_NAME, "a room's name is 1 to " + Names.ROOM_CHARACTERS_MAX + " of A-Z a-z 0-9 _ - .");
        }
        return new RoomId(name);
    }

    /** The type of a room that is asked for; empty for none. */
    static String type(String name) throws BadRequestException {
        if (!name.isEmpty() && !Names.isRoomName(name)) {
            throw new BadRequestException(
                    ErrorCode.BAD_NAME,
                    "the name of a type is 1 to " + Names.ROOM_CHARACTERS_MAX + " of A-Z a-z 0-9 _ - .");
        }
        return name;
    }

    /** What a room's game asks of newcomers; empty for none. */
    static ByteString ticket(ByteString ticket) throws BadRequestException {
        if (ticket.size() > TICKET_BYTES_MAX) {
            throw new BadRequestException(
                    ErrorCode.BAD_VALUE,
                    "ticket has " + ticket.size() + " bytes, and " + TICKET_BYTES_MAX + " are the most");
        }
        return ticket;
    }

    static String player(String name) throws BadRequestException {
        if (!Names.isPlayerName(name)) {
            throw new BadRequestException(
                    ErrorCode.BAD_NAME,
                    "a player's name is 1 to " + Names.PLAYER_CHARACTERS_MAX + " of A-Z a-z 0-9 _ - . @ | :");
        }
        return name;
    }

    /** @param type as the client named it */
    static RoomOptions options(tavern.protocol.v1.RoomOptions requested, String type) throws BadRequestException {
        checkMetadata(requested.getMetadataMap());
        if (requested.getCapacity() < 0) {
            throw new BadRequestException(ErrorCode.BAD_VALUE, "capacity is above 2^31-1");
        }
        return new RoomOptions(
                requested.getCapacity(), requested.getUnlisted(), requested.getMetadataMap(), type(type));
    }

    /** P-28: translates a query for a page of rooms. @param max rooms on a page */
    static RoomQuery query(ListRooms requested, int max) throws BadRequestException {
        checkMetadata(requested.getMetadataMap());
        int asManyAs = requested.getMax() <= 0 ? max : Math.min(requested.getMax(), max);
        return new RoomQuery(requested.getPrefix(), requested.getAfter(), asManyAs, requested.getMetadataMap());
    }

    private static void checkMetadata(Map<String, String> metadata) throws BadRequestException {
        if (metadata.size() > METADATA_ENTRIES_MAX) {
            throw new BadRequestException(
                    ErrorCode.BAD_VALUE, "more than " + METADATA_ENTRIES_MAX + " entries of metadata");
        }
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            checkText(entry.getKey(), METADATA_KEY_CHARACTERS_MAX);
            checkText(entry.getValue(), METADATA_VALUE_CHARACTERS_MAX);
        }
    }

    private static void checkText(String text, int charactersMax) throws BadRequestException {
        if (text.codePointCount(0, text.length()) > charactersMax
                || text.chars().anyMatch(Character::isISOControl)) {
            throw new BadRequestException(ErrorCode.BAD_TEXT, "metadata too long or with control characters");
        }
    }

    static UUID tradeId(ByteString bytes) throws BadRequestException {
        if (bytes.size() != TRADE_ID_BYTES) {
            throw new BadRequestException(
                    ErrorCode.TRADE_BAD_ID, "trade_id has " + bytes.size() + " bytes instead of " + TRADE_ID_BYTES);
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static Goods goods(tavern.protocol.v1.Goods goods, int entriesMax) throws BadRequestException {
        if (goods.getStacksCount() + goods.getItemIdsCount() > entriesMax) {
            throw new BadRequestException(
                    ErrorCode.TRADE_BAD_GOODS, "more than " + entriesMax + " entries on one side of a trade");
        }
        TreeMap<String, Long> stacks = new TreeMap<>();
        for (Stack stack : goods.getStacksList()) {
            if (!Names.isKind(stack.getKind())) {
                throw new BadRequestException(
                        ErrorCode.TRADE_BAD_GOODS,
                        "a kind is 1 to " + Names.KIND_CHARACTERS_MAX + " of A-Z a-z 0-9 _ - .");
            }
            if (stack.getCount() <= 0) {
                throw new BadRequestException(ErrorCode.TRADE_BAD_AMOUNT, "a count must be 1 or more");
            }
            if (stacks.put(stack.getKind(), stack.getCount()) != null) {
                throw new BadRequestException(ErrorCode.TRADE_BAD_GOODS, "the same kind twice");
            }
        }
        TreeSet<Long> items = new TreeSet<>();
        for (long item : goods.getItemIdsList()) {
            if (item <= 0) {
                throw new BadRequestException(ErrorCode.TRADE_BAD_GOODS, "there is no such item");
            }
            if (!items.add(item)) {
                throw new BadRequestException(ErrorCode.TRADE_BAD_GOODS, "the same item twice");
            }
        }
        return new Goods(stacks, items);
    }
}
