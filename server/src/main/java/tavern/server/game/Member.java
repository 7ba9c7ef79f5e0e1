package tavern.server.game;

/** A player in the room, as the rules know them. */
final class Member {
    private final Player player;
    private final int entity;
    private Inventory inventory;
    private long mutedUntilMillis;

    Member(Player player, int entity, Inventory inventory, long mutedUntilMillis) {
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

    /** Answers of the store overtake one another: only a newer version counts. */
    void takeInventory(Inventory candidate) {
        if (candidate.version() > inventory.version()) {
            inventory = candidate;
        }
    }
}
