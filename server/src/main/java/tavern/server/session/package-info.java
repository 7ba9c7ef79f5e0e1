/**
 * Who is at the other end of a connection, and what they may do now.
 *
 * <pre>
 *   HandshakeStage ──Hello──► LobbyStage ──JoinRoom──► RoomStage
 *                  ◄───────── lost connection: the session waits, detached, to be resumed
 * </pre>
 *
 * A stage belongs to the event loop of its connection, as does the {@link tavern.server.session.SessionInbox}. A {@link
 * tavern.server.session.Session} outlives connections: everything that happens to it is a task in the player's lane,
 * one event loop ({@link tavern.server.session.Lanes}).
 */
@NullMarked
package tavern.server.session;

import org.jspecify.annotations.NullMarked;
