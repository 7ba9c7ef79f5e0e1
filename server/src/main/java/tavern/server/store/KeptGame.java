package tavern.server.store;

/** What is kept of a room with a game. @param state not copied, and must not be changed */
@SuppressWarnings("ArrayRecordComponent")
public record KeptGame(String type, long revision, byte[] state, long dueMillis) {}
