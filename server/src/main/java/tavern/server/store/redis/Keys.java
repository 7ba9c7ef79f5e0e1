package tavern.server.store.redis;

import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.store.LeaseKey;

/** The names of the realm's keys. All begin with the same hash tag, and so stand in one slot of a Redis Cluster. */
final class Keys {
    private final String prefix;

    Keys(String realm) {
        prefix = "{" + realm + "}:";
    }

    String meta() {
        return prefix + "meta";
    }

    String names() {
        return prefix + "names";
    }

    /** Before a player's id. */
    String players() {
        return prefix + "player:";
    }

    String player(PlayerId id) {
        return players() + id.value();
    }

    /** Before a proposer's id. */
    String trades() {
        return prefix + "trades:";
    }

    String trades(PlayerId proposer) {
        return trades() + proposer.value();
    }

    String ledger() {
        return prefix + "ledger";
    }

    String grants() {
        return prefix + "grants";
    }

    String outbox() {
        return prefix + "outbox";
    }

    String lease(LeaseKey key) {
        return prefix + "lease:" + key.name();
    }

    String fence(LeaseKey key) {
        return prefix + "fence:" + key.name();
    }

    String fence(RoomId room) {
        return prefix + "fence:room:" + room.name();
    }

    String chat(RoomId room) {
        return prefix + "chat:" + room.name();
    }

    String positions(RoomId room) {
        return prefix + "position:" + room.name();
    }

    String audit() {
        return prefix + "audit";
    }

    String freezes() {
        return prefix + "freezes";
    }

    /** A channel. */
    String changes() {
        return prefix + "changes";
    }
}
