package tavern.server.game;

import tavern.game.Goods;

/** What the proposer of a trade gives and wants. They never change once offered. */
public record Terms(Goods give, Goods want) {
    /** Whether each count is at least 1. */
    public boolean isCounted() {
        return isCounted(give) && isCounted(want);
    }

    private static boolean isCounted(Goods goods) {
        for (long count : goods.stacks().values()) {
            if (count <= 0) {
                return false;
            }
        }
        return true;
    }
}
