package tavern.sim.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeParty;
import tavern.sim.audit.FeedCounts;
import tavern.sim.audit.KnownTrade;

/** Compares what came out of the queue with what the bots know of their trades and goods. Used once. */
public final class FeedAudit {
    private final Ledger ledger;
    private final Set<String> players;
    private final Replay replay;
    private final Map<KnownTrade.Key, KnownTrade> known = new HashMap<>();
    private final Set<KnownTrade.Key> published = new HashSet<>();
    private final Map<String, Long> idsByName = new HashMap<>();
    private final Map<Long, String> namesById = new HashMap<>();
    private final List<String> ofTrades = new ArrayList<>();
    private long strangers;
    private long forged;
    private long twice;

    /**
     * Nothing is judged yet.
     *
     * @param before what each bot of the run owned before its first trade
     * @param after what it owns at the end; bots that are missing in either are left out of the replay
     */
    public FeedAudit(Ledger ledger, Map<String, Inventory> before, Map<String, Inventory> after) {
        this.ledger = ledger;
        players = before.keySet();
        Set<String> whole = new HashSet<>(before.keySet());
        whole.retainAll(after.keySet());
        replay = new Replay(whole);
        before.forEach(replay::before);
        after.forEach(replay::after);
    }

    /**
     * Judges all that came.
     *
     * @param trades all that the bots have offered and the server has not refused, told of or not
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
                ofTrades.add(trade + " was told as committed and is not in the feed");
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
        TradeCommitted message = trade.message();
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
            forge(claim + " is in the feed with other terms than offered");
        } else if (bots.isAcknowledged() && !bots.isCommitted()) {
            forge(claim + " is in the feed, but was told as " + bots.outcome());
        } else if (!published.add(claim.key())) {
            twice++;
            ofTrades.add(claim + " is in the feed under two message ids");
        }
    }

    /** A player has one id and one name. */
    private void checkIdentity(TradeParty party) {
        Long id = idsByName.putIfAbsent(party.getPlayer(), party.getPlayerId());
        String name = namesById.putIfAbsent(party.getPlayerId(), party.getPlayer());
        if ((id != null && id != party.getPlayerId()) || (name != null && !name.equals(party.getPlayer()))) {
            forge("the feed calls player " + Long.toUnsignedString(party.getPlayerId()) + " " + party.getPlayer()
                    + ", and told otherwise before");
        }
    }

    private void forge(String text) {
        forged++;
        ofTrades.add(text);
    }
}
