/**
 * The data that must not be lost: the ports; their implementations are in packages of their own.
 *
 * <pre>
 *   room, cache, books ──► AccountStore ─┐
 *   cluster ─────────────► LeaseStore  ──┤
 *   room ────────────────► GameStore   ──┤
 *   room, session ───────► RoomStore   ──┤            ┌── store.embedded (SQLite)
 *   feed ────────────────► OutboxStore ──┼── Store ◄──┤
 *   ops, books ──────────► AuditStore  ──┤            └── store.redis
 *   session ─────────────► FreezeStore ──┤
 *   operators ───────────► OperatorStore ┤
 *   archive ─────────────► SegmentStore ─┘
 * </pre>
 *
 * {@code Store} is what the wiring opens and closes; each consumer is given the port that it needs.
 *
 * Every method returns at once, on any thread, and its stage completes on a thread of the store: callbacks continue
 * on a thread of their own. Must not depend on rooms, sessions or the network.
 */
@NullMarked
package tavern.server.store;

import org.jspecify.annotations.NullMarked;
