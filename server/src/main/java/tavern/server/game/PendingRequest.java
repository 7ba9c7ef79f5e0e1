package tavern.server.game;

import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;

/** A player's message that has not been answered yet. */
record PendingRequest(PlayerId player, int seq) {
    void refuse(ErrorCode code, String text, Effects effects) {
        effects.refuse(player, seq, code, text);
    }

    void refuse(RequestRefusal refusal, Effects effects) {
        refuse(refusal.code(), refusal.text(), effects);
    }

    /**
     * Refuses the request if it is from the player who leaves: a later session must not receive an answer to a seq of
     * this one.
     *
     * @return whether the request was that player's, so that nobody waits for it any more
     */
    boolean refuseIfOf(PlayerId leaving, Effects effects) {
        if (!player.equals(leaving)) {
            return false;
        }
        refuse(RequestRefusal.LEFT, effects);
        return true;
    }
}
