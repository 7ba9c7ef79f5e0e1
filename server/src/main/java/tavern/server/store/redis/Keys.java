package tavern.server.store.redis;

import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.store.LeaseKey;
import tavern.server.store.RoomTurn;
import tavern.server.store.TransactionId;

/** The names of the realm's keys. All begin with the same hash tag, and so are in one slot of a Redis Cluster. */
final class Keys {
    private final String realm;
    private final String prefix;
    private final String ledger;
    private final String outbox;

    Keys(String realm) {
        this.realm = realm;
        prefix = "{" + realm + "}:";
        ledger = prefix + "entries";
        outbox = prefix + "outbox";
    }

    /** The name of the realm, in messages. */
    String realm() {
        return realm;
    }

    String meta() {
        return prefix + "meta";
    }

    String names() {
        return prefix + "names";
    }

    /** The prefix of a player's key; the player's id follows. */
    String players() {
        return prefix + "player:";
    }

    /** The names of all leaderboards. */
    String boards() {
        return prefix + "boards";
    }

    /** The prefix of a leaderboard's key; its name follows. */
    String board() {
        return prefix + "board:";
    }

    String player(PlayerId id) {
        return players() + id.value();
    }

    /** The durable values of a player. */
    String kept(PlayerId id) {
        return prefix + "kept:" + id.value();
    }

    /** The hash that has the outcome under {@link OutcomeText#field}. */
    String outcomes(TransactionId id) {
        return id.bornMillis() == 0 ? outcomes() : prefix + "outcomes:" + OutcomeText.quarter(id);
    }

    /** The outcomes of ids without a time. */
    String outcomes() {
        return prefix + "outcomes";
    }

    /** When the outcomes of ids without a time were remembered. */
    String outcomeTimes() {
        return prefix + "outcome-times";
    }

    /** What is written once the outcome is remembered. */
    ReplicaAcks.Written evidence(TransactionId id) {
        return new ReplicaAcks.Written(outcomes(id), ReplicaAcks.Kind.HASH, OutcomeText.field(id));
    }

    String ledger() {
        return ledger;
    }

    /** The ledger's sealed segments. */
    String segments() {
        return prefix + "segments";
    }

    /** Buckets with rows of the checkpoint that were prepared for a segment. */
    String sealing() {
        return prefix + "sealing";
    }

    /** Where servers of schema 1 look for the ledger; they must not find it. */
    String ledgerOfSchema1() {
        return prefix + "ledger";
    }

    String outbox() {
        return outbox;
    }

    /** A key that is written in order to wait for replicas; its value has no meaning. */
    String waited() {
        return prefix + "waited";
    }

    String node(String id) {
        return prefix + "node:" + id;
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

    /** The prefix of what is kept of a room with a game; the room's name follows. */
    String games() {
        return prefix + "game:";
    }

    String game(RoomId room) {
        return games() + room.name();
    }

    /** Rooms with games by the time when they are due. */
    String dueRooms() {
        return prefix + "due-rooms";
    }

    /** What is written with a turn, until somebody else owns the room. */
    ReplicaAcks.Written evidence(RoomTurn turn, long fence) {
        return new ReplicaAcks.Written(game(turn.room()), ReplicaAcks.Kind.TURN, fence + " " + turn.revision());
    }

    /** Rooms by the time of their last use. */
    String rooms() {
        return prefix + "rooms";
    }

    /** The prefix of all keys. */
    String prefix() {
        return prefix;
    }

    String audit() {
        return prefix + "audit";
    }

    String freezes() {
        return prefix + "freezes";
    }

    /** The accounts of operators. */
    String operators() {
        return prefix + "operators";
    }

    /** Their sessions and tokens. */
    String operatorSessions() {
        return prefix + "operator-sessions";
    }

    /** The names of players whose erasure is not finished. */
    String erasures() {
        return prefix + "erasures";
    }

    /** On which servers players are. */
    String presence() {
        return prefix + "presence";
    }

    /** A room that is offered to another server. */
    String moving(RoomId room) {
        return prefix + "moving:" + room.name();
    }

    /** What one server leaves for another, for seconds. */
    String handover(String id) {
        return prefix + "handover:" + id;
    }

    /** What the other server has taken of that, for seconds. */
    String taken(String id) {
        return prefix + "taken:" + id;
    }

    /** What servers say of themselves. */
    String nodes() {
        return prefix + "nodes";
    }

    /** The rooms that are open, and where. */
    String openRooms() {
        return prefix + "open:rooms";
    }

    /** Versions of what {@link #openRooms} has. */
    String openVersions() {
        return prefix + "open:versions";
    }

    /** Versions of those that are closed. */
    String openClosed() {
        return prefix + "open:closed";
    }

    /** The newest version, and the newest one that was forgotten. */
    String openMeta() {
        return prefix + "open:meta";
    }

    /** Where a room is to be opened. */
    String placed(RoomId room) {
        return prefix + "open:placed:" + room.name();
    }

    /** The name of a channel with messages to one server. */
    String messages(String node) {
        return prefix + "messages:" + node;
    }

    /** The name of a channel, not of a key. */
    String changes() {
        return prefix + "changes";
    }
}
