package tavern.server.store;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;

/**
 * An entry of the ledger as one line, the same in every store: position, date, id, room ({@code -} for none), fence and
 * {@link LegsText}, separated by spaces. Without names, which may change. This is what segments are hashed over.
 */
public final class LedgerLine {
    private static final int WORDS = 6;
    private static final String NO_ROOM = "-"; // names of rooms begin with a letter or a digit
    private static final char ESCAPE = '%';
    private static final int ESCAPED = 5;

    private LedgerLine() {}

    public static String of(LedgerEntry entry) {
        RoomId room = entry.room();
        return entry.position() + " " + entry.atMillis() + " " + escaped(entry.id()) + " "
                + (room == null ? NO_ROOM : room.name()) + " " + entry.fence() + " " + LegsText.of(entry.legs());
    }

    /** @throws IllegalArgumentException when the line was not made by {@link #of} */
    public static LedgerEntry parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS || words[0].isEmpty()) {
            throw new IllegalArgumentException("not an entry of the ledger: " + line);
        }
        @Nullable RoomId room = words[3].equals(NO_ROOM) ? null : new RoomId(words[3]);
        return new LedgerEntry(
                words[0],
                unescaped(words[2]),
                room,
                Long.parseLong(words[4]),
                Long.parseLong(words[1]),
                LegsText.parse(words[5]),
                new TreeMap<>());
    }

    /** Ids of today are ASCII without spaces; those of early servers may have any character. */
    static String escaped(String id) {
        if (id.chars().allMatch(c -> c > ' ' && c < 127 && c != ESCAPE)) {
            return id;
        }
        StringBuilder text = new StringBuilder();
        id.chars().forEach(c -> {
            if (c > ' ' && c < 127 && c != ESCAPE) {
                text.append((char) c);
            } else {
                text.append(String.format("%c%04x", ESCAPE, c));
            }
        });
        return text.toString();
    }

    static String unescaped(String word) {
        StringBuilder id = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) == ESCAPE && i + ESCAPED <= word.length()) {
                id.append((char) Integer.parseInt(word, i + 1, i + ESCAPED, 16));
                i += ESCAPED - 1;
            } else {
                id.append(word.charAt(i));
            }
        }
        return id.toString();
    }
}
