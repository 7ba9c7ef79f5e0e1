package tavern.game;

/** Where goods can be: with a player, in a {@link NamedAccount}, or outside the realm, in a {@link Mint}. */
public sealed interface AccountId permits PlayerId, NamedAccount, Mint {}
