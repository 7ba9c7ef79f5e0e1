package tavern.server.store;

import tavern.game.AccountId;

/**
 * What a turn has seen, and which must not have changed when the turn is carried out.
 *
 * @param account a player or a named account
 * @param key of a player's value; empty for the account's goods
 * @param version 0 when there was none
 */
public record Seen(AccountId account, String key, long version) {
    /** @param now the version that there is instead */
    public Refusal changed(int index, long now) {
        String what = key.isEmpty() ? "the goods" : "value " + key;
        return new Refusal(
                Refusal.Reason.VALUE_CHANGED,
                index,
                what + " of " + account + " have version " + now + ", not " + version);
    }
}
