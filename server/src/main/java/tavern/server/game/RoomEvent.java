package tavern.server.game;

/** What all members of a room see, in the same order. Numbered and replayed after a lost connection. */
public sealed interface RoomEvent {
    /** @param seq the sender's own number, by which the sender knows the copy for an answer */
    record Chatted(Player player, int seq, String text, long atMillis) implements RoomEvent {}

    record Joined(Entity entity) implements RoomEvent {}

    record Left(int entity, Player player) implements RoomEvent {}

    @SuppressWarnings("ArrayRecordComponent")
    record Custom(int kind, byte[] payload) implements RoomEvent {}
}
