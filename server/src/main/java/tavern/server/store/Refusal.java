package tavern.server.store;

/**
 * Why a transaction did not happen.
 *
 * <p>When there are several reasons, it is the first of: a turn is out of order, an account that a leg names does not exist, a player whose value
 * is put does not exist, goods are missing, a count would be too large, a value has changed; and of these the one with
 * the lowest index.
 *
 * @param index of the first leg that could not be carried out, from 0; or of the put, with {@link Reason#VALUE_CHANGED}
 *     and with {@link Reason#NO_SUCH_PLAYER}; 0 with {@link Reason#OUT_OF_ORDER}
 * @param text for people: names the account, and all that it lacks for this leg, with what it has and what was asked
 */
public record Refusal(Reason reason, int index, String text) {
    /** New ones go to the end: the embedded store's file has their ordinals. */
    public enum Reason {
        /** The giver has less of a kind than all legs together take, or does not have an item. */
        INSUFFICIENT,
        /** A count would pass 2^63-1. */
        TOO_MUCH,
        /** A leg names a player who does not exist. Never remembered. */
        NO_SUCH_ACCOUNT,
        /** A put names a player who does not exist. Never remembered. */
        NO_SUCH_PLAYER,
        /** A value has another version than the one that was seen. */
        VALUE_CHANGED,
        /** A turn does not follow the room's revision. Never remembered. */
        OUT_OF_ORDER
    }
}
