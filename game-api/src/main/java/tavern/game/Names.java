package tavern.game;

/**
 * The rules for names. ASCII only: no name can contain a path, a Redis hash tag, a control character or a change of
 * writing direction, or imitate another name with look-alike letters.
 */
public final class Names {
    public static final int PLAYER_CHARACTERS_MAX = 64;
    public static final int ROOM_CHARACTERS_MAX = 32;
    public static final int ACCOUNT_CHARACTERS_MAX = 64;
    public static final int KIND_CHARACTERS_MAX = 32;
    public static final int KEY_CHARACTERS_MAX = 64;
    public static final int EVENT_CHARACTERS_MAX = 32;
    public static final int SERVICE_CHARACTERS_MAX = 32;
    public static final int BOARD_CHARACTERS_MAX = 32;
    public static final int CALL_CHARACTERS_MAX = 64;

    private Names() {}

    /** Letters, digits and {@code _ - . @ | :}, starting with a letter or digit. */
    public static boolean isPlayerName(String name) {
        return matches(name, PLAYER_CHARACTERS_MAX, "_-.@|:");
    }

    /** Letters, digits and {@code _ - .}, starting with a letter or digit. */
    public static boolean isRoomName(String name) {
        return matches(name, ROOM_CHARACTERS_MAX, "_-.");
    }

    /** A kind of goods: letters, digits and {@code _ - .}, starting with a letter or digit. */
    public static boolean isKind(String kind) {
        return matches(kind, KIND_CHARACTERS_MAX, "_-.");
    }

    /** A named account or a mint: letters, digits and {@code _ - . :}, starting with a letter or digit. */
    public static boolean isAccountName(String name) {
        return matches(name, ACCOUNT_CHARACTERS_MAX, "_-.:");
    }

    /** The key of a player's durable value: letters, digits and {@code _ - . :}, starting with a letter or digit. */
    public static boolean isValueKey(String key) {
        return matches(key, KEY_CHARACTERS_MAX, "_-.:");
    }

    /** The event of a game: letters, digits and {@code _ -}, starting with a letter or digit. */
    public static boolean isEvent(String event) {
        return matches(event, EVENT_CHARACTERS_MAX, "_-");
    }

    /** A service that games call: letters, digits and {@code _ -}, starting with a letter or digit. */
    public static boolean isService(String service) {
        return matches(service, SERVICE_CHARACTERS_MAX, "_-");
    }

    /** What a game calls one of its calls: letters, digits and {@code _ - . :}, starting with a letter or digit. */
    public static boolean isCall(String call) {
        return matches(call, CALL_CHARACTERS_MAX, "_-.:");
    }

    /** A leaderboard of a game: letters, digits and {@code _ -}, starting with a letter or digit. */
    public static boolean isBoard(String board) {
        return matches(board, BOARD_CHARACTERS_MAX, "_-");
    }

    private static boolean matches(String text, int charactersMax, String marks) {
        if (text.isEmpty() || text.length() > charactersMax || !isLetterOrDigit(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && marks.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
