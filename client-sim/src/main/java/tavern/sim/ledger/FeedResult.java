package tavern.sim.ledger;

import java.util.List;
import java.util.Set;
import tavern.sim.audit.FeedCounts;
import tavern.sim.audit.KnownTrade;

/**
 * What the feed told.
 *
 * @param published distinct trades of the run's bots that the feed tells as they were made
 * @param twice trades that came under more than one message id
 * @param missing trades told as committed that the feed does not have
 * @param ofTrades in words, what is wrong with trades and messages
 * @param ofGoods in words, what the players own otherwise than a replay of the feed gives
 */
public record FeedResult(
        FeedCounts counts,
        long published,
        long twice,
        Set<KnownTrade> missing,
        List<String> ofTrades,
        List<String> ofGoods) {}
