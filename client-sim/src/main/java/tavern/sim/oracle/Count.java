package tavern.sim.oracle;

/** The counters of a run. A run fails unless all counters of faults are zero. */
public enum Count {
    MOVES_SENT("moves sent"),
    MOVES_EXPECTED("move updates expected"),
    MOVES_SEEN("move updates seen"),
    MOVES_COALESCED("moves replaced by a newer one before a tick"),
    MOVES_REJECTED("moves rejected"),
    MOVES_LOST("move updates lost", true),
    MOVES_REORDERED("moves seen after newer ones", true),
    MOVES_FORGED("positions that no bot requested", true),

    SIGHT_CHECKED("pairs of players checked for visibility"),
    SIGHT_MISSING("players nearby who are not seen", true),
    SIGHT_GHOSTS("players far away who are seen", true),
    SIGHT_ONE_SIDED("players who are seen but do not see back", true),

    CHAT_SENT("chats sent"),
    CHAT_EXPECTED("chat deliveries expected"),
    CHAT_DELIVERED("chat deliveries"),
    CHAT_REFUSED("chats refused"),
    CHAT_UNKNOWN("chats whose answer was lost with a connection"),
    CHAT_LOST("chat deliveries lost", true),
    CHAT_DUPLICATED("chat deliveries duplicated", true),
    CHAT_REORDERED("chat deliveries reordered", true),
    CHAT_FORGED("chats that no bot sent", true),

    EVENTS_MISSED("numbered events missed", true),
    EVENTS_REPEATED("numbered events repeated", true),
    PROTOCOL_FAULTS("breaches of the protocol by the server", true),

    TRADES_OFFERED("trades offered"),
    TRADES_COMMITTED("trades committed"),
    TRADES_DECLINED("trades declined"),
    TRADES_CANCELLED("trades cancelled"),
    TRADES_EXPIRED("trades expired"),
    TRADES_FAILED("trades failed"),
    TRADES_REFUSED("trade offers refused"),
    TRADES_FORGED("trades or results that no bot made", true),
    TRADES_CONTRADICTED("trades with two outcomes", true),
    TRADES_UNTOLD("trades whose outcome one side was not told", true),
    TRADES_UNSETTLED("trades that never ended", true),

    TURNS_DONE("turns carried out"),
    TURNS_REFUSED("turns refused"),
    TURNS_UNANSWERED("turns that may have been carried out or not"),
    GAME_TOLD("messages heard from the game"),
    GAME_FAULTS("faults of the game", true),

    CONNECTED("bots connected"),
    DISCONNECTS("connections lost"),
    DROPS("connections dropped on purpose"),
    RESUMES("sessions resumed"),
    SESSIONS_LOST("sessions not resumed"),
    REDIRECTS("joins redirected to another server"),
    TAKE_OVERS("rooms that came to a new owner"),
    FOREIGN("events of players who are not bots of this run");

    private final String label;
    private final boolean fault;

    Count(String label) {
        this(label, false);
    }

    Count(String label, boolean fault) {
        this.label = label;
        this.fault = fault;
    }

    public String label() {
        return label;
    }

    public boolean isFault() {
        return fault;
    }
}
