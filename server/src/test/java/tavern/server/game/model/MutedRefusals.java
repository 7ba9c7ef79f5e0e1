package tavern.server.game.model;

import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Effects;

/** Faulty rules that drop refusals. */
final class MutedRefusals extends BrokenRules {
    @Override
    Effects broken(Effects effects) {
        return new Relay(effects) {
            @Override
            public void refuse(PlayerId player, int seq, ErrorCode code, String text) {
                if (code != ErrorCode.TRADE_BUSY) {
                    super.refuse(player, seq, code, text);
                }
            }
        };
    }
}
