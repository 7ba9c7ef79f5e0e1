package tavern.server.game;

import tavern.game.Player;

/** An event that all members of a room see, in the same order. Numbered, and replayed after a lost connection. */
public sealed interface RoomEvent {
    /** @param seq the sender's seq, by which the sender recognises its own copy as the answer */
    record Chatted(Player player, int seq, String text, long atMillis) implements RoomEvent {}

    record Joined(Entity entity) implements RoomEvent {}

    record Left(int entity, Player player) implements RoomEvent {}

    @SuppressWarnings("ArrayRecordComponent")
    record Custom(int kind, byte[] payload) implements RoomEvent {}
}
