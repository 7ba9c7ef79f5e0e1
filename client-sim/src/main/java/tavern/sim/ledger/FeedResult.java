package tavern.sim.ledger;

import java.util.List;
import java.util.Set;
import tavern.sim.audit.FeedCounts;
import tavern.sim.audit.KnownTrade;

/**
 * The findings in the feed.
 *
 * @param published distinct trades of the run's bots that the feed reports as they were made
 * @param twice trades that arrived under more than one message id
 * @param missing trades reported as committed that the feed does not have
 * @param ofTrades descriptions of what is wrong with trades and messages
 * @param ofGoods descriptions of where the players' goods differ from a replay of the feed
 */
public record FeedResult(
        FeedCounts counts,
        long published,
        long twice,
        Set<KnownTrade> missing,
        List<String> ofTrades,
        List<String> ofGoods) {}
