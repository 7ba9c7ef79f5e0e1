package tavern.game;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Whose goods and values a turn asks for who is not present ({@link Game#reads}).
 *
 * @param accounts players and named accounts
 * @param names of players whose ids are not known; their goods and values are read too
 */
public record Reads(Set<AccountId> accounts, Set<String> names) {
    /** Of accounts and names together. */
    public static final int MAX = 16;

    /** All that the turn needs to know is there. */
    public static final Reads NONE = new Reads(Set.of(), Set.of());

    /** @throws IllegalArgumentException when there are too many, or one is a mint or cannot be a player's name */
    public Reads {
        accounts = Set.copyOf(accounts);
        names = Set.copyOf(names);
        if (accounts.size() + names.size() > MAX) {
            throw new IllegalArgumentException(
                    accounts.size() + names.size() + " accounts to be read for a turn, of at most " + MAX);
        }
        for (AccountId account : accounts) {
            if (account instanceof Mint) {
                throw new IllegalArgumentException("nothing is in a mint: " + account);
            }
        }
        for (String name : names) {
            if (!Names.isPlayerName(name)) {
                throw new IllegalArgumentException("not the name of a player: " + name);
            }
        }
    }

    public static Reads of(AccountId... accounts) {
        return new Reads(Set.of(accounts), Set.of());
    }

    /** Of players by their names. A name that nobody can have throws: check those that players send. */
    public static Reads named(String... names) {
        return new Reads(Set.of(), Set.of(names));
    }

    /** Returns both together. */
    public Reads and(Reads other) {
        Set<AccountId> allAccounts = new LinkedHashSet<>(accounts);
        allAccounts.addAll(other.accounts);
        Set<String> allNames = new LinkedHashSet<>(names);
        allNames.addAll(other.names);
        return new Reads(allAccounts, allNames);
    }

    public boolean isEmpty() {
        return accounts.isEmpty() && names.isEmpty();
    }
}
