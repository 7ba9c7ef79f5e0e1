package tavern.bench.load;

/** What each player does per second. @param pings sent without awaiting the answer, to keep the connection alive */
public record Rates(double moves, double chats, double pings) {
    /** As often as an idle client pings: three times per idle time-out. */
    private static final double KEEP_ALIVE = 0.2;

    public static final Rates IDLE = new Rates(0, 0, KEEP_ALIVE);

    /** Nothing is sent; use it for less than the idle time-out. */
    public static final Rates SILENT = new Rates(0, 0, 0);

    public static Rates moving(double moves) {
        return new Rates(moves, 0, 0);
    }

    public static Rates chatting(double chats) {
        return new Rates(0, chats, 0);
    }
}
