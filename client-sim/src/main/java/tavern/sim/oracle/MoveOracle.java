package tavern.sim.oracle;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks what the members of one room see of each other's moves.
 *
 * <p>A move that is followed by another before the next tick is replaced by it. That is legal, and from outside the
 * server nobody can know when the tick was. So expectations are derived from what is seen. All members receive the same
 * snapshots, hence <b>a move that one member saw must be seen by every other member</b> who was in the room and
 * connected from before the move was sent until it was seen; and <b>a bot's last move must be seen by all</b>, even if
 * nobody saw it. Each such pair of a move and a member other than the mover counts once as expected, and as seen when
 * it was. A full state excuses its receiver from earlier moves. Moves that nobody saw and that were not the last are
 * counted as coalesced.
 *
 * <p>In a room with cells (P-36) the same holds for each pair of members for as long as the one has the other in view.
 * {@link SightOracle} checks who must have whom in view.
 *
 * <p>A position is forged when the mover did not request it under that seq, or when the server rejected it or reports
 * that it never received it.
 */
public final class MoveOracle {
    private final Tally tally;
    private final MoveLog[] logs;
    /** The room's move count when the member began to watch; -1 when it does not watch. */
    private final long[] watchingSince;
    /**
     * For each member of a room with cells, by mover: the move count when the mover came into view; -1 when not in
     * view.
     */
    private final long[] @Nullable [] inViewSince;

    private int watchers;
    private long stamp;

    public MoveOracle(int members, Tally tally) {
        this.tally = tally;
        logs = new MoveLog[members];
        watchingSince = new long[members];
        inViewSince = new long[members][];
        for (int i = 0; i < members; i++) {
            logs[i] = new MoveLog(i);
            watchingSince[i] = -1;
        }
    }

    public MoveLog log(int member) {
        return logs[member];
    }

    /** The member has received the full state and sees snapshots from now on. */
    public void watch(int member) {
        if (watchingSince[member] < 0) {
            watchers++;
        }
        watchingSince[member] = stamp;
    }

    /** The member sees no more snapshots. Call {@link #excuse} before this for each entity that it saw. */
    public void unwatch(int member) {
        if (watchingSince[member] >= 0) {
            watchers--;
            watchingSince[member] = -1;
        }
    }

    /** In a room with cells: the member has this entity in view and sees its moves from now on. */
    public void watch(int member, MoveLog log) {
        if (member == log.member) {
            return;
        }
        long[] since = inViewSince[member];
        if (since == null) {
            since = inViewSince[member] = new long[logs.length];
            Arrays.fill(since, -1);
        }
        if (since[log.member] < 0) {
            log.watchers++;
        }
        since[log.member] = stamp;
    }

    /**
     * The member no longer has this entity in view. Call {@link #excuse} before this, unless the entity left the room.
     */
    public void unwatch(int member, MoveLog log) {
        long[] since = inViewSince[member];
        if (since != null && since[log.member] >= 0) {
            since[log.member] = -1;
            log.watchers--;
        }
    }

    private long since(int member, MoveLog log) {
        long[] since = inViewSince[member];
        return since == null ? watchingSince[member] : since[log.member];
    }

    /** Excuses the member from the moves of this log that are newer than the last one it saw. */
    public void excuse(int member, MoveLog log, int lastSeenSeq) {
        long since = since(member, log);
        if (member == log.member || since < 0) {
            return;
        }
        for (long move = log.moves - 1; move >= log.oldest(); move--) {
            int slot = MoveLog.slot(move);
            if (Integer.compareUnsigned(log.seqs[slot], lastSeenSeq) <= 0) {
                return;
            }
            if (log.stamps[slot] > since) {
                log.mustSee[slot]--;
            }
        }
    }

    /**
     * A member sends a move.
     *
     * @param dueNanos when the move was due, which is earlier than when it was sent if the bot lags
     */
    public void sent(int member, int seq, int x, int y, long dueNanos) {
        MoveLog log = logs[member];
        if (log.isFull()) {
            settle(log, MoveLog.slot(log.moves), false);
        }
        int slot = log.append(seq, x, y, dueNanos);
        log.stamps[slot] = ++stamp;
        log.mustSee[slot] = log.watchers + watchers - (watchingSince[member] >= 0 ? 1 : 0);
        tally.add(Count.MOVES_SENT);
    }

    /**
     * The mover's session was resumed after a lost connection; its newest moves may have been lost with that
     * connection.
     *
     * @param lastHeardSeq the newest seq that the server received
     */
    public void resumed(int member, int lastHeardSeq) {
        MoveLog log = logs[member];
        for (long move = log.moves - 1; move >= log.oldest(); move--) {
            int slot = MoveLog.slot(move);
            if (Integer.compareUnsigned(log.seqs[slot], lastHeardSeq) <= 0) {
                return;
            }
            log.unheard[slot] = true;
        }
    }

    /** The mover's session ended, and its moves in flight are lost: members who have not seen them are excused. */
    public void left(MoveLog log) {
        for (long move = log.oldest(); move < log.moves; move++) {
            int slot = MoveLog.slot(move);
            log.mustSee[slot] = Math.min(log.mustSee[slot], log.didSee[slot]);
        }
    }

    public void rejected(int member, int seq) {
        int slot = logs[member].find(seq);
        if (slot >= 0) {
            logs[member].rejected[slot] = true;
            tally.add(Count.MOVES_REJECTED);
        }
    }

    /**
     * A member's view of an entity changed.
     *
     * @return nanoseconds since the move was due, or -1 when there is no latency to measure
     */
    public long seen(int member, MoveLog log, int seqBefore, int seq, int x, int y, long nowNanos) {
        if (member == log.member) {
            return -1;
        }
        int order = Integer.compareUnsigned(seq, seqBefore);
        if (order < 0) {
            tally.fault(Count.MOVES_REORDERED, "move " + seq + " of member " + log.member + " after " + seqBefore);
            return -1;
        }
        int slot = log.find(seq);
        if (slot < 0) {
            if (Integer.compareUnsigned(seq, log.oldestSeq()) >= 0 || (log.moves == 0 && seq != 0)) {
                tally.fault(Count.MOVES_FORGED, "member " + log.member + " sent no move " + seq);
            }
            return -1;
        }
        if (log.rejected[slot] || log.unheard[slot] || log.xs[slot] != x || log.ys[slot] != y) {
            tally.fault(
                    Count.MOVES_FORGED, "member " + log.member + " did not go to " + x + "," + y + " by move " + seq);
            return -1;
        }
        long since = since(member, log);
        if (order == 0 || since < 0 || log.stamps[slot] <= since) {
            return -1;
        }
        log.didSee[slot]++;
        return nowNanos - log.dueNanos[slot];
    }

    /** Whether every member who must see the bot's last move has seen it. */
    public boolean isRestSeen(int member) {
        MoveLog log = logs[member];
        long last = lastThatCounts(log);
        return last < 0 || log.didSee[MoveLog.slot(last)] >= log.mustSee[MoveLog.slot(last)];
    }

    /**
     * Counts what is left of a member's moves at the end of the run.
     *
     * @param connected whether the member was connected at the end, so that its last move counts
     */
    public void finish(int member, boolean connected) {
        MoveLog log = logs[member];
        long last = connected ? lastThatCounts(log) : -1;
        for (long move = log.oldest(); move < log.moves; move++) {
            settle(log, MoveLog.slot(move), move == last);
        }
    }

    /**
     * The newest move that the server received, or -1 when that one was rejected: it replaced the one before, so that
     * neither must be seen.
     */
    private static long lastThatCounts(MoveLog log) {
        long last = log.moves - 1;
        while (last >= log.oldest() && log.unheard[MoveLog.slot(last)]) {
            last--;
        }
        return last >= log.oldest() && !log.rejected[MoveLog.slot(last)] ? last : -1;
    }

    private void settle(MoveLog log, int slot, boolean last) {
        int seen = log.didSee[slot];
        if (seen == 0 && !last) {
            if (!log.rejected[slot] && !log.unheard[slot]) {
                tally.add(Count.MOVES_COALESCED);
            }
            return;
        }
        int expected = log.mustSee[slot];
        tally.add(Count.MOVES_SEEN, seen);
        tally.add(Count.MOVES_EXPECTED, expected);
        if (seen < expected) {
            tally.add(Count.MOVES_LOST, expected - seen - 1L);
            tally.fault(
                    Count.MOVES_LOST,
                    "move " + log.seqs[slot] + " of member " + log.member + " seen by " + seen + " of " + expected);
        }
    }
}
