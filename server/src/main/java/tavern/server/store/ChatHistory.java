package tavern.server.store;

import java.util.List;

/**
 * The recent chat of a room.
 *
 * @param lastNumber number of the newest line kept, or 0 if there is none; the next line needs a larger one
 * @param lines the newest lines, oldest first
 */
public record ChatHistory(long lastNumber, List<ChatLine> lines) {
    public static final ChatHistory NONE = new ChatHistory(0, List.of());

    public ChatHistory {
        lines = List.copyOf(lines);
    }
}
