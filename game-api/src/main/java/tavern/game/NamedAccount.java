package tavern.game;

/**
 * An account that holds goods like a player, but cannot log in: a guild's bank ({@code guild:7}), a market stall
 * ({@code stall:anna}). It comes into being with the first transaction that names it.
 */
public record NamedAccount(String name) implements AccountId {
    /** What its name begins with wherever players' names stand too; no player's name can begin with it. */
    public static final String SIGN = "@";

    /** @throws IllegalArgumentException when the name is not one ({@link Names#isAccountName}) */
    public NamedAccount {
        if (!Names.isAccountName(name)) {
            throw new IllegalArgumentException("not the name of an account: " + name);
        }
    }

    @Override
    public String toString() {
        return SIGN + name;
    }
}
