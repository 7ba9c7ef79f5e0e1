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

    /**
     * Answers a player who leaves, whose later session must not get an answer to this one's numbers.
     *
     * @return whether it was that player's, so that nobody waits for it any more
     */
    boolean refuseIfOf(PlayerId leaving, Effects effects) {
        if (!player.equals(leaving)) {
            return false;
        }
        refuse(Refusal.LEFT, effects);
        return true;
    }
}
