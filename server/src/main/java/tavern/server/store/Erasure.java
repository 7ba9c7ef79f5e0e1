package tavern.server.store;

import java.util.regex.Pattern;
import tavern.game.PlayerId;

/**
 * The replacement of a player's name in what is kept.
 *
 * @param name which goes
 * @param replacement which no player can choose
 */
public record Erasure(PlayerId player, String name, String replacement, Pattern word) {
    private static final String TEXT = "(erased)";
    private static final String PART_OF_A_NAME = "[A-Za-z0-9_]";

    public static Erasure of(PlayerId player, String name) {
        return new Erasure(
                player,
                name,
                "*erased-" + player.value() + "*",
                Pattern.compile("(?<!" + PART_OF_A_NAME + ")" + Pattern.quote(name) + "(?!" + PART_OF_A_NAME + ")"));
    }

    /** Returns the line without what the player wrote, and without the name; the same line if there was neither. */
    public ChatLine clean(ChatLine line) {
        boolean wrote = line.player().equals(name);
        if (!wrote && !word.matcher(line.text()).find()) {
            return line;
        }
        return new ChatLine(wrote ? replacement : line.player(), TEXT, line.atMillis());
    }
}
