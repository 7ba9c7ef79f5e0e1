package tavern.bench.trades;

import java.util.UUID;

/** One call of the server's commit script, with the keys and arguments that its store would send for such a trade. */
record ScriptCall(String room, long fence, long proposer, long partner, UUID uuid) {
    /** How the script's answer begins when all went well. */
    static final Long COMMITTED = 2L;

    private static final String REALM = "{main}:";
    private static final String AT_MILLIS = "1700000000000";
    private static final String GIVES = "gold=1";
    private static final String WANTS = "potion=1";

    String[] keys() {
        return new String[] {
            REALM + "fence:room:" + room,
            REALM + "trades:" + proposer,
            REALM + "player:" + proposer,
            REALM + "player:" + partner,
            REALM + "ledger",
            REALM + "outbox",
            REALM + "changes"
        };
    }

    String[] values() {
        String rest = AT_MILLIS + " " + partner + " " + room + " " + fence + " " + GIVES + "|" + WANTS;
        return new String[] {
            Long.toString(fence),
            uuid.toString(),
            "1",
            "0",
            rest,
            Long.toString(proposer),
            Long.toString(partner),
            AT_MILLIS,
            GIVES,
            WANTS,
            // No event, and nobody who announces.
            "",
            "",
            "",
            "",
            // Two kinds, no items; of each kind what the one gives and what the other does.
            "2",
            "0",
            "s:gold",
            "1",
            "0",
            "s:potion",
            "0",
            "1"
        };
    }
}
