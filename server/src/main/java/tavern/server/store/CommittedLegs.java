package tavern.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import tavern.game.AccountId;
import tavern.game.NamedAccount;

/**
 * What the feed tells about a committed transaction and only its commit knows: the legs with the kinds of items and the
 * ids of new ones, and the accounts after it. Beside an event in the outbox it is one line, the same in every store:
 * {@code 12>@guild:7|gold=5,#17:bow 12=6=ann,@guild:7=1}. These are legs as {@link LegsText}, but with names of named
 * accounts, then a space, then each account with its version and, if it is a player, its name.
 *
 * @param legs with a {@code NamedAccount} for each named account
 */
public record CommittedLegs(List<LedgerLeg> legs, List<After> accounts) {
    /** Of a transaction without legs, or of an event other than the first. */
    public static final CommittedLegs NONE = new CommittedLegs(List.of(), List.of());

    /** @param player the player's name; empty for a named account */
    public record After(AccountId id, long version, String player) {
        @Override
        public String toString() {
            return id + "=" + version + (id instanceof NamedAccount ? "" : "=" + player);
        }
    }

    public CommittedLegs {
        legs = List.copyOf(legs);
        accounts = List.copyOf(accounts);
    }

    /** @throws IllegalArgumentException when the text is not such a line */
    public static CommittedLegs parse(String text) {
        int space = text.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("not legs and accounts: " + text);
        }
        List<After> accounts = new ArrayList<>();
        for (int from = space + 1, to; from < text.length(); from = to + 1) {
            int comma = text.indexOf(',', from);
            to = comma < 0 ? text.length() : comma;
            accounts.add(after(text.substring(from, to)));
        }
        return new CommittedLegs(LegsText.parse(text.substring(0, space)), accounts);
    }

    private static After after(String text) {
        String[] words = text.split("=", -1);
        AccountId id = LegsText.account(words[0]);
        if (words.length != (id instanceof NamedAccount ? 2 : 3)) {
            throw new IllegalArgumentException("not an account after a transaction: " + text);
        }
        return new After(id, LegsText.positive(words[1], 0, words[1].length()), words.length == 2 ? "" : words[2]);
    }

    /** Returns the line. */
    @Override
    public String toString() {
        StringJoiner after = new StringJoiner(",", LegsText.of(legs) + " ", "");
        accounts.forEach(account -> after.add(account.toString()));
        return after.toString();
    }
}
