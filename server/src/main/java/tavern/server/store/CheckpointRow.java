package tavern.server.store;

import java.math.BigInteger;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.Names;
import tavern.game.PlayerId;

/**
 * A row of the checkpoint, which says what is where at the end of a segment: {@code 12 gold} → {@code 30} (an account's
 * count), {@code #17} → {@code 12 bow} (an item's owner and kind), {@code mint:shop gold} → {@code -500} (what came out of a
 * mint is missing in it, so that each kind adds up to zero), {@code mint:shop #} → {@code -3} (the same for the number of
 * items), {@code grant:ops:x} → {@code 1763900000000} (an operators' reference, and when it was used first, so that it is
 * not used again). What is 0, and an item that went into a mint, has no row.
 *
 * @param key two words for a count, otherwise one
 */
public record CheckpointRow(String key, String value) {
    private static final String ITEM = "#";
    private static final String GRANT = GrantTransactions.KIND + ":";

    /** The value of a row that is removed. */
    public static final String NONE = "0";

    public static String keyOfCount(AccountId account, String kind) {
        return account + " " + kind;
    }

    public static String keyOfItem(long item) {
        return ITEM + item;
    }

    /** @param id of the transaction, whose kind is {@link GrantTransactions#KIND} */
    public static String keyOfGrant(String id) {
        return LedgerLine.escaped(id);
    }

    /** Of all items that came out of a mint. */
    public static String keyOfItems(Mint mint) {
        return keyOfCount(mint, ITEM);
    }

    public static String item(long owner, String kind) {
        return owner + " " + kind;
    }

    /** As in the archive: the key, a space, and the value. */
    public String line() {
        return key + " " + value;
    }

    /** @throws IllegalArgumentException when the line was not made by {@link #line} */
    public static CheckpointRow parse(String line) {
        int space = line.startsWith(ITEM) || line.startsWith(GRANT) ? line.indexOf(' ') : line.lastIndexOf(' ');
        if (space < 0) {
            throw foreign(line);
        }
        CheckpointRow row = new CheckpointRow(line.substring(0, space), line.substring(space + 1));
        row.requireReadable();
        return row;
    }

    public boolean isOfItem() {
        return key.startsWith(ITEM);
    }

    public boolean isOfGrant() {
        return key.startsWith(GRANT);
    }

    /** The id of the grant. */
    public String grant() {
        return LedgerLine.unescaped(key);
    }

    /** When the reference of the grant was used. */
    public long usedMillis() {
        return Long.parseLong(value);
    }

    public boolean isNone() {
        return value.equals(NONE);
    }

    /** The id of the item. */
    public long item() {
        return LegsText.positive(key, ITEM.length(), key.length());
    }

    /** The owner of the item. */
    public long owner() {
        return LegsText.positive(value, 0, value.indexOf(' '));
    }

    /** The kind of the item or of the count; {@code #} for items of a mint. */
    public String kind() {
        return isOfItem() ? value.substring(value.indexOf(' ') + 1) : key.substring(key.indexOf(' ') + 1);
    }

    /** The account of the count. */
    public AccountId account() {
        return LegsText.account(key.substring(0, key.indexOf(' ')));
    }

    public BigInteger count() {
        return new BigInteger(value);
    }

    /** @throws IllegalArgumentException when no server wrote the row */
    public void requireReadable() {
        if (isOfItem()) {
            boolean isWhole = item() > 0 && (isNone() || (value.indexOf(' ') > 0 && owner() > 0));
            if (!isWhole || (!isNone() && !Names.isKind(kind()))) {
                throw foreign(line());
            }
            return;
        }
        if (isOfGrant()) {
            if (!Long.toString(usedMillis()).equals(value)) {
                throw foreign(line());
            }
            return;
        }
        if (key.indexOf(' ') < 0) {
            throw foreign(line());
        }
        AccountId account = account();
        boolean isKind = Names.isKind(kind()) || (account instanceof Mint && kind().equals(ITEM));
        boolean isCount = count().toString().equals(value)
                && (account instanceof Mint || (account instanceof PlayerId && count().signum() >= 0));
        if (!isKind || !isCount) {
            throw foreign(line());
        }
    }

    private static IllegalArgumentException foreign(String line) {
        return new IllegalArgumentException("not a row of a checkpoint: " + line);
    }
}
