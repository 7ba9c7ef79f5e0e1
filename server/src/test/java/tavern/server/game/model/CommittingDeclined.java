package tavern.server.game.model;

import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Effects;
import tavern.server.game.Settlement;

/** Faulty rules that commit a declined trade. */
final class CommittingDeclined extends BrokenRules {
    @Override
    Effects broken(Effects effects) {
        return new Relay(effects) {
            @Override
            public void settle(Settlement settlement) {
                boolean isDeclined = settlement.outcome() == TradeOutcome.DECLINED;
                TradeOutcome outcome = isDeclined ? TradeOutcome.COMMITTED : settlement.outcome();
                super.settle(new Settlement(
                        settlement.id(), settlement.proposer(), settlement.partner(), settlement.terms(), outcome));
            }
        };
    }
}
