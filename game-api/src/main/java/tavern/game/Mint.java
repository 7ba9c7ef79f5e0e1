package tavern.game;

/**
 * A source and sink of goods. What comes out of it is new, what goes into it is gone; it has no inventory and no version,
 * and never lacks anything. Its totals say how much a part of the game has given out and taken in. A game's turns cannot name one: its own
 * is meant by {@link Turn#give}, {@link Turn#take}, {@link Turn#mint} and {@link Turn#burn}.
 */
public record Mint(String name) implements AccountId {
    /** The goods that new players start with. */
    public static final Mint STARTER = new Mint("starter");

    /** What operators give and take back. */
    public static final Mint OPS = new Mint("ops");

    /** @throws IllegalArgumentException when the name is not one ({@link Names#isAccountName}) */
    public Mint {
        if (!Names.isAccountName(name)) {
            throw new IllegalArgumentException("not the name of a mint: " + name);
        }
    }

    @Override
    public String toString() {
        return "mint:" + name;
    }
}
