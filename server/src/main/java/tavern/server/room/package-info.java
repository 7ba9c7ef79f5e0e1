/**
 * Who runs when: each room on one thread of a fixed group, one thing after another.
 *
 * <pre>
 *   session ──offer──► Mailbox ──► Room ──► game rules
 *           ──move───► MoveSlot ──(tick)──┘     │ effects
 *   outlets ◄── FanOut ◄── SnapshotEncoder, ReplayLog
 *                          store ◄── WriteBehind, settlements
 * </pre>
 *
 * The only package with room threads; what belongs to one is marked {@link tavern.server.room.OnRoomThread} and
 * checked. Must not know sessions or the network: members are seen through {@link tavern.server.room.RoomMember} and
 * {@link tavern.server.room.Outlet}.
 */
@NullMarked
package tavern.server.room;

import org.jspecify.annotations.NullMarked;
