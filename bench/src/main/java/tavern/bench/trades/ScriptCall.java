package tavern.bench.trades;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.UUID;

/**
 * One call of the server's commit script, with the keys and arguments that its store would send for such a trade.
 *
 * @param published whether a row goes into the outbox too
 */
record ScriptCall(String room, long fence, long proposer, long partner, UUID uuid, boolean published) {
    /** How the script's answer begins when all went well. */
    static final Long COMMITTED = 2L;

    static final String OUTBOX = "{main}:outbox";

    private static final int BODY = 12;
    private static final String REALM = "{main}:";
    private static final String ROWS_MAX = "1000000";
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
            OUTBOX,
            REALM + "changes"
        };
    }

    byte[][] values() {
        String rest = AT_MILLIS + " " + partner + " " + room + " " + fence + " " + GIVES + "|" + WANTS;
        String[] texts = {
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
            published ? ROWS_MAX : "",
            published ? routingKey() : "",
            "",
            // Nobody announces.
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
        byte[][] values = Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
        if (published) {
            values[BODY] = Messages.tradeCommitted(room, proposer, partner);
        }
        return values;
    }

    private String routingKey() {
        return "trade.main." + room;
    }
}
