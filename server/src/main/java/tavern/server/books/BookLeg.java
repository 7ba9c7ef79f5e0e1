package tavern.server.books;

/**
 * Goods that went from one account to another.
 *
 * @param from a player's name, {@code @<name>} of a named account, or {@code mint:<name>}
 * @param to as {@code from}
 */
public record BookLeg(String from, String to, KnownGoods goods) {
    private static final String MINT = "mint:";

    /** Whether the goods came into being. */
    public boolean isFromMint() {
        return from.startsWith(MINT);
    }

    /** Whether the goods went out of the realm. */
    public boolean isToMint() {
        return to.startsWith(MINT);
    }
}
