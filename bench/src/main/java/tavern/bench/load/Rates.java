package tavern.bench.load;

/** What each player does in a second. @param pings that nobody waits for: they keep the connection */
public record Rates(double moves, double chats, double pings) {
    /** As often as an idle client does: three times in the idle time. */
    private static final double KEEP_ALIVE = 0.2;

    public static final Rates IDLE = new Rates(0, 0, KEEP_ALIVE);

    /** For less than the idle time. */
    public static final Rates SILENT = new Rates(0, 0, 0);

    public static Rates moving(double moves) {
        return new Rates(moves, 0, 0);
    }

    public static Rates chatting(double chats) {
        return new Rates(0, chats, 0);
    }
}
