package tavern.server.ops;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One parameter of a route.
 *
 * @param min minimum of a number, or the fewest characters of a text
 * @param max maximum of a number, or the most characters of a text
 * @param choices the values of a choice or of a list of choices
 */
record Field(
        String name, In in, Type type, boolean required, long min, long max, List<String> choices, String description) {
    static final long SECONDS_MAX = 10L * 366 * 24 * 3600;
    private static final int TEXT_CHARACTERS_MAX = 500;

    enum In {
        PATH,
        QUERY,
        HEADER,
        BODY
    }

    enum Type {
        ROOM,
        PLAYER,
        OPERATOR,
        /** {@code <proposer's number>-<uuid>}. */
        TRADE,
        TEXT,
        NUMBER,
        CHOICE,
        /** A list of choices. */
        CHOICES,
        FLAG,
        /** The version to be replaced: {@code "<version>"} or {@code *}. */
        VERSION,
        /** An object: counts by kind. */
        STACKS,
        /** A list of kinds. */
        KINDS,
        /** A list of item ids. */
        ITEMS
    }

    static Field room() {
        return new Field("room", In.PATH, Type.ROOM, true, 0, 0, List.of(), "The room's name.");
    }

    static Field player() {
        return new Field("player", In.PATH, Type.PLAYER, true, 0, 0, List.of(), "The player's name.");
    }

    static Field operator() {
        return new Field("operator", In.PATH, Type.OPERATOR, true, 0, 0, List.of(), "The operator's name.");
    }

    static Field trade() {
        return new Field("trade", In.PATH, Type.TRADE, true, 0, 0, List.of(), "The trade's id: <proposer>-<uuid>.");
    }

    static Field item() {
        return new Field("item", In.PATH, Type.NUMBER, true, 1, Long.MAX_VALUE, List.of(), "The item's number.");
    }

    static Field query(String name, Type type, String description) {
        return new Field(name, In.QUERY, type, false, 0, TEXT_CHARACTERS_MAX, List.of(), description);
    }

    static Field queryNumber(String name, long min, long max, String description) {
        return new Field(name, In.QUERY, Type.NUMBER, false, min, max, List.of(), description);
    }

    static Field text(String name, String description) {
        return new Field(name, In.BODY, Type.TEXT, true, 1, TEXT_CHARACTERS_MAX, List.of(), description);
    }

    static Field bodyRoom(String name, String description) {
        return new Field(name, In.BODY, Type.ROOM, true, 0, 0, List.of(), description);
    }

    static Field bodyOperator(String name, String description) {
        return new Field(name, In.BODY, Type.OPERATOR, true, 0, 0, List.of(), description);
    }

    static Field seconds(String name, String description) {
        return new Field(name, In.BODY, Type.NUMBER, false, 1, SECONDS_MAX, List.of(), description);
    }

    static Field goods(String name, Type type, String description) {
        return new Field(name, In.BODY, type, false, 0, 0, List.of(), description);
    }

    static Field flag(String name, String description) {
        return new Field(name, In.BODY, Type.FLAG, false, 0, 0, List.of(), description);
    }

    static Field choices(String name, List<String> choices, String description) {
        return new Field(name, In.BODY, Type.CHOICES, false, 0, 0, choices, description);
    }

    static Field ifMatch(String description) {
        return new Field("If-Match", In.HEADER, Type.VERSION, false, 0, 0, List.of(), description);
    }

    static <E extends Enum<E>> Field choice(String name, Class<E> type, String description) {
        List<String> choices = Stream.of(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Field(name, In.BODY, Type.CHOICE, true, 0, 0, choices, description);
    }

    Field optional() {
        return new Field(name, in, type, false, min, max, choices, description);
    }
}
