/**
 * Who is at the other end of a connection, and what they may do now.
 *
 * <pre>
 *   HandshakeStage ──Hello──► LobbyStage ──JoinRoom──► RoomStage
 *                  ◄───────── lost connection: the session waits, detached, to be resumed
 * </pre>
 *
 * A stage belongs to the event loop of its connection. A {@link tavern.server.session.Session} outlives connections
 * and is used from event loops and room threads: what they share is behind its own lock, held for moments only.
 */
@NullMarked
package tavern.server.session;

import org.jspecify.annotations.NullMarked;
