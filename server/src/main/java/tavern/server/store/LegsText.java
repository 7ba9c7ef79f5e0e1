package tavern.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Names;
import tavern.game.PlayerId;

/**
 * The legs of one entry of the ledger as one word, the same in every store: {@code
 * 12>13|gold=5,#17:bow;mint:shop>12|+18:key}. Legs in the order of the transaction, their goods in the order of
 * {@link LedgerLeg}: counts by kind, items with their kinds ({@code #}), items that were made ({@code +}). Names contain
 * none of the signs {@code > | ; , = # +}. The ledger has numbers of named accounts; {@link CommittedLegs} has their names.
 */
public final class LegsText {
    private static final String MINT = "mint:";

    private final StringBuilder text = new StringBuilder(64);
    private boolean hasGoods;

    public static String of(List<LedgerLeg> legs) {
        LegsText text = new LegsText();
        for (LedgerLeg leg : legs) {
            text.leg(leg.from(), leg.to());
            leg.stacks().forEach(text::stack);
            leg.items().forEach(text::item);
            leg.made().forEach(text::made);
        }
        return text.toString();
    }

    /** Begins the next leg. */
    public void leg(AccountId from, AccountId to) {
        text.append(text.isEmpty() ? "" : ";")
                .append(from)
                .append('>')
                .append(to)
                .append('|');
        hasGoods = false;
    }

    public void stack(String kind, long count) {
        goods().append(kind).append('=').append(count);
    }

    public void item(long id, String kind) {
        goods().append('#').append(id).append(':').append(kind);
    }

    public void made(long id, String kind) {
        goods().append('+').append(id).append(':').append(kind);
    }

    private StringBuilder goods() {
        if (hasGoods) {
            text.append(',');
        }
        hasGoods = true;
        return text;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** @throws IllegalArgumentException when the text does not describe legs */
    public static List<LedgerLeg> parse(String text) {
        List<LedgerLeg> legs = new ArrayList<>();
        for (int from = 0, to; from <= text.length() && !text.isEmpty(); from = to + 1) {
            to = end(text, ';', from);
            legs.add(parseLeg(text.substring(from, to)));
        }
        return legs;
    }

    private static LedgerLeg parseLeg(String text) {
        int arrow = text.indexOf('>');
        int bar = text.indexOf('|');
        if (arrow < 0 || bar < arrow) {
            throw new IllegalArgumentException("not a leg: " + text);
        }
        SortedMap<String, Long> stacks = new TreeMap<>();
        SortedMap<Long, String> items = new TreeMap<>();
        SortedMap<Long, String> made = new TreeMap<>();
        for (int from = bar + 1, to; from <= text.length(); from = to + 1) {
            to = end(text, ',', from);
            char sign = from < to ? text.charAt(from) : 0;
            if (sign == '#' || sign == '+') {
                int colon = text.indexOf(':', from);
                String kind = colon < 0 || colon > to ? "" : text.substring(colon + 1, to);
                // Entries of early servers do not tell the kind of an item that is only moved.
                boolean isUntold = sign == '#' && colon == to - 1;
                (sign == '#' ? items : made).put(positive(text, from + 1, colon), isUntold ? "" : kind(kind, text));
            } else {
                int equals = text.indexOf('=', from);
                String kind = equals < 0 || equals > to ? "" : text.substring(from, equals);
                stacks.put(kind(kind, text), positive(text, equals + 1, to));
            }
        }
        return new LedgerLeg(
                account(text.substring(0, arrow)), account(text.substring(arrow + 1, bar)), stacks, items, made);
    }

    private static int end(String text, char sign, int from) {
        int end = text.indexOf(sign, from);
        return end < 0 ? text.length() : end;
    }

    static AccountId account(String text) {
        if (text.startsWith(NamedAccount.SIGN)) {
            return new NamedAccount(text.substring(NamedAccount.SIGN.length()));
        }
        return text.startsWith(MINT)
                ? new Mint(text.substring(MINT.length()))
                : new PlayerId(positive(text, 0, text.length()));
    }

    private static String kind(String kind, String text) {
        if (!Names.isKind(kind)) {
            throw new IllegalArgumentException("not goods of a leg: " + text);
        }
        return kind;
    }

    static long positive(String text, int from, int to) {
        if (from < to && text.charAt(from) >= '1' && text.charAt(from) <= '9') {
            return Long.parseLong(text, from, to, 10);
        }
        throw new IllegalArgumentException("not a number in a leg: " + text);
    }
}
