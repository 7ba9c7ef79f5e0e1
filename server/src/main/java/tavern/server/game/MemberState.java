package tavern.server.game;

import tavern.game.Player;

/** A player in the room, as the rules know them. */
final class MemberState {
    private final Player player;
    private final int entity;
    private Inventory inventory;
    private long mutedUntilMillis;

    MemberState(Player player, int entity, Inventory inventory, long mutedUntilMillis) {
        this.player = player;
        this.entity = entity;
        this.inventory = inventory;
        this.mutedUntilMillis = mutedUntilMillis;
    }

    Player player() {
        return player;
    }

    int entity() {
        return entity;
    }

    Inventory inventory() {
        return inventory;
    }

    long mutedUntilMillis() {
        return mutedUntilMillis;
    }

    void mute(long untilMillis) {
        mutedUntilMillis = untilMillis;
    }

    /** Answers from the store may arrive out of order: only a newer version counts. */
    void take(Inventory candidate) {
        if (candidate.version() > inventory.version()) {
            inventory = candidate;
        }
    }

    /** As {@link #take(Inventory)}; when a change before this one is missing, the inventory is read again. */
    void take(GoodsChange change, Effects effects) {
        if (change.follows(inventory.version())) {
            inventory = inventory.after(change);
        } else if (change.version() > inventory.version()) {
            effects.readInventory(player);
        }
    }
}
