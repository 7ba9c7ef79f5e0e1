package tavern.server.game.model;

import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Effects;
import tavern.server.game.Settlement;

/** Takes a no for a yes. */
final class CommittingDeclined extends BrokenRules {
    @Override
    Effects broken(Effects effects) {
        return new Relay(effects) {
            @Override
            public void settle(Settlement wish) {
                boolean isDeclined = wish.outcome() == TradeOutcome.DECLINED;
                TradeOutcome outcome = isDeclined ? TradeOutcome.COMMITTED : wish.outcome();
                super.settle(new Settlement(wish.id(), wish.proposer(), wish.partner(), wish.terms(), outcome));
            }
        };
    }
}
