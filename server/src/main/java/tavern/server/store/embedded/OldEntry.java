package tavern.server.store.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.store.LedgerLeg;
import tavern.server.store.LegsText;

/** The lines of one entry of the ledger as it was before schema 9: what each account gained or lost, the mint as 0. */
final class OldEntry {
    private record Line(long account, String kind, long item, long delta) {}

    private final long trade;
    private final long grant;
    private final List<Line> lines = new ArrayList<>();
    private long last;

    /** @param trade 0 for a grant */
    OldEntry(long trade, long grant) {
        this.trade = trade;
        this.grant = grant;
    }

    long trade() {
        return trade;
    }

    long grant() {
        return grant;
    }

    /** The number of the last line. */
    long last() {
        return last;
    }

    boolean has(long ofTrade, long ofGrant) {
        return trade == ofTrade && grant == ofGrant;
    }

    /** @param item 0 for a count */
    void add(long number, long account, String kind, long item, long delta) {
        last = number;
        lines.add(new Line(account, kind, item, delta));
    }

    String legsOfTrade(long proposer, long partner) {
        List<LedgerLeg> legs = new ArrayList<>();
        addLeg(legs, new PlayerId(proposer), new PlayerId(partner), proposer, -1);
        addLeg(legs, new PlayerId(partner), new PlayerId(proposer), proposer, 1);
        return LegsText.of(legs);
    }

    String legsOfGrant(boolean isStarter) {
        long player = lines.stream().mapToLong(Line::account).max().orElse(0);
        Mint mint = isStarter ? Mint.STARTER : Mint.OPS;
        List<LedgerLeg> legs = new ArrayList<>();
        addLeg(legs, mint, new PlayerId(player), player, 1);
        addLeg(legs, new PlayerId(player), mint, player, -1);
        return LegsText.of(legs);
    }

    /** Adds what the account gained, or lost, if it is anything. */
    private void addLeg(List<LedgerLeg> legs, AccountId from, AccountId to, long account, int sign) {
        SortedMap<String, Long> stacks = new TreeMap<>();
        SortedMap<Long, String> items = new TreeMap<>();
        for (Line line : lines) {
            if (line.account == account && Long.signum(line.delta) == sign) {
                if (line.item == 0) {
                    stacks.put(line.kind, sign * line.delta);
                } else {
                    items.put(line.item, line.kind);
                }
            }
        }
        if (!stacks.isEmpty() || !items.isEmpty()) {
            boolean isMade = from instanceof Mint;
            legs.add(new LedgerLeg(
                    from, to, stacks, isMade ? new TreeMap<>() : items, isMade ? items : new TreeMap<>()));
        }
    }
}
