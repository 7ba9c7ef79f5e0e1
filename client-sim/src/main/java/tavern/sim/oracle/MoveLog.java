package tavern.sim.oracle;

/**
 * The newest moves of one bot, in a ring: the requested position and due time of each seq, and how many members must
 * see and did see it.
 */
public final class MoveLog {
    /** The size of the ring: about 25 seconds at the usual ten moves a second. */
    private static final int MOVES = 256;

    private static final int SEQS_MASK = 1023;

    final int member;
    final int[] seqs = new int[MOVES];
    final int[] xs = new int[MOVES];
    final int[] ys = new int[MOVES];
    final long[] dueNanos = new long[MOVES];
    /** Number of each move among all moves of the room: members who started watching later need not see it. */
    final long[] stamps = new long[MOVES];

    final int[] mustSee = new int[MOVES];
    final int[] didSee = new int[MOVES];
    final boolean[] rejected = new boolean[MOVES];
    final boolean[] unheard = new boolean[MOVES];
    private final short[] slotBySeq = new short[SEQS_MASK + 1];

    /** Number of moves so far; the slot of move n is n modulo {@link #MOVES}. */
    long moves;

    /** In a room with cells, the number of members who have this bot in view. */
    int watchers;

    MoveLog(int member) {
        this.member = member;
    }

    static int slot(long move) {
        return (int) (move & (MOVES - 1));
    }

    long oldest() {
        return Math.max(0, moves - MOVES);
    }

    /** Whether the slot that {@link #append} overwrites next holds a move. */
    boolean isFull() {
        return moves >= MOVES;
    }

    int append(int seq, int x, int y, long due) {
        int slot = slot(moves++);
        seqs[slot] = seq;
        xs[slot] = x;
        ys[slot] = y;
        dueNanos[slot] = due;
        didSee[slot] = 0;
        rejected[slot] = false;
        unheard[slot] = false;
        slotBySeq[seq & SEQS_MASK] = (short) slot;
        return slot;
    }

    /** The slot of a seq, or -1 when it was not a move or is no longer in the ring. */
    int find(int seq) {
        int slot = slotBySeq[seq & SEQS_MASK];
        return moves > 0 && seqs[slot] == seq ? slot : -1;
    }

    /** The member number of the bot whose moves these are. */
    public int member() {
        return member;
    }

    int newestSeq() {
        return moves == 0 ? 0 : seqs[slot(moves - 1)];
    }

    int oldestSeq() {
        return moves == 0 ? 0 : seqs[slot(oldest())];
    }
}
