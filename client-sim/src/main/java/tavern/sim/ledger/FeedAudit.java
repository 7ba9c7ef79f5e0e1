package tavern.sim.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.sim.audit.FeedCounts;
import tavern.sim.audit.KnownTrade;

/** Compares the messages from the queue with what the bots know of their trades and goods. Used once. */
public final class FeedAudit {
    private record Version(long player, long number) {}

    private final FeedLedger ledger;
    private final Set<String> players;
    private final Replay replay;
    private final Map<KnownTrade.Key, KnownTrade> known = new HashMap<>();
    private final Set<KnownTrade.Key> published = new HashSet<>();
    private final Map<String, Long> idsByName = new HashMap<>();
    private final Map<Long, String> namesById = new HashMap<>();
    private final Set<Version> versions = new HashSet<>();
    private final List<String> ofTrades = new ArrayList<>();
    private long strangers;
    private long forged;
    private long twice;

    /**
     * Prepares the audit; {@link #run} does the checking.
     *
     * @param before what each bot of the run owned before its first trade
     * @param after what each bot owns at the end; bots missing from either map are left out of the replay
     */
    public FeedAudit(FeedLedger ledger, Map<String, Inventory> before, Map<String, Inventory> after) {
        this.ledger = ledger;
        players = before.keySet();
        Set<String> whole = new HashSet<>(before.keySet());
        whole.retainAll(after.keySet());
        replay = new Replay(whole);
        before.forEach(replay::before);
        after.forEach(replay::after);
    }

    /**
     * Checks all messages that were received.
     *
     * @param trades all trades that the bots offered and the server did not refuse, whether or not their outcome is
     *     known
     */
    public FeedResult run(List<KnownTrade> trades) {
        trades.forEach(trade -> known.put(trade.key(), trade));
        for (PublishedTrade trade : ledger.trades()) {
            check(trade);
        }
        Set<KnownTrade> missing = new HashSet<>();
        for (KnownTrade trade : trades) {
            if (trade.isCommitted() && !published.contains(trade.key())) {
                missing.add(trade);
                ofTrades.add(trade + " was reported as committed but is not in the feed");
            }
        }
        ofTrades.addAll(ledger.faults());
        return new FeedResult(
                new FeedCounts(
                        ledger.delivered(),
                        ledger.repeated(),
                        ledger.inversions(),
                        strangers,
                        missing.size(),
                        forged + ledger.altered(),
                        ledger.bad()),
                published.size(),
                twice,
                missing,
                ofTrades,
                replay.differences());
    }

    private void check(PublishedTrade trade) {
        TransactionCommitted message = trade.message();
        KnownTrade claim = trade.claim();
        checkIdentity(message.getProposer());
        checkIdentity(message.getPartner());
        if (!players.contains(claim.from()) && !players.contains(claim.offer().getTo())) {
            strangers++;
            return;
        }
        replay.apply(message);
        KnownTrade bots = known.get(claim.key());
        if (bots == null) {
            forge(claim + " is in the feed, but no bot's offer led to it");
        } else if (!bots.hasTermsOf(claim)) {
            forge(claim + " is in the feed with terms other than those offered");
        } else if (bots.isAcknowledged() && !bots.isCommitted()) {
            forge(claim + " is in the feed, but was reported as " + bots.outcome());
        } else if (!published.add(claim.key())) {
            twice++;
            ofTrades.add(claim + " is in the feed under two message ids");
        } else {
            message.getAccountsList().forEach(after -> checkVersion(claim, after));
        }
    }

    /** Each change gives the goods of an account a version of its own. */
    private void checkVersion(KnownTrade claim, AccountAfter after) {
        Version version = new Version(after.getAccount().getPlayerId(), after.getVersion());
        if (!versions.add(version)) {
            forge(claim + " is in the feed with version " + version.number() + " of player " + version.player()
                    + ", which another trade has");
        }
    }

    /** A player has one id and one name. */
    private void checkIdentity(TradeParty party) {
        Long id = idsByName.putIfAbsent(party.getPlayer(), party.getPlayerId());
        String name = namesById.putIfAbsent(party.getPlayerId(), party.getPlayer());
        if ((id != null && id != party.getPlayerId()) || (name != null && !name.equals(party.getPlayer()))) {
            forge("the feed calls player " + Long.toUnsignedString(party.getPlayerId()) + " " + party.getPlayer()
                    + ", but earlier messages used another id or name");
        }
    }

    private void forge(String text) {
        forged++;
        ofTrades.add(text);
    }
}
