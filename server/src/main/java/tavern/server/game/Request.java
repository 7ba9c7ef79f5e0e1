package tavern.server.game;

import tavern.protocol.v1.ErrorCode;

/** A player's message that still wants its answer. */
record Request(PlayerId player, int seq) {
    void refuse(ErrorCode code, String text, Effects effects) {
        effects.refuse(player, seq, code, text);
    }

    void refuse(Refusal refusal, Effects effects) {
        refuse(refusal.code(), refusal.text(), effects);
    }
}
