package tavern.bench.reference;

/**
 * The reference's protocol: frames like Tavern's, each with a single protobuf field that holds a message.
 *
 * <pre>
 *   to the server    1 Enter {room = 1}    2 Move {seq = 1, x = 2, y = 3}    3 Chat {seq = 1, text = 2}
 *                    4 Ping {nonce = 1, fixed64}
 *   to the client    1 Entered {id = 1}    2 Positions {tick = 1, packed id, x, y, seq, id, … = 2}
 *                    3 Chatted {id = 1, seq = 2, text = 3}                   4 Pong {nonce = 1, fixed64}
 * </pre>
 */
public final class ReferenceMessages {
    public static final int ENTER = 1 << 3 | 2;
    public static final int MOVE = 2 << 3 | 2;
    public static final int CHAT = 3 << 3 | 2;
    public static final int PING = 4 << 3 | 2;

    public static final int ENTERED = 1 << 3 | 2;
    public static final int POSITIONS = 2 << 3 | 2;
    public static final int CHATTED = 3 << 3 | 2;
    public static final int PONG = 4 << 3 | 2;

    /** Tag of field 1 when it holds a number. */
    public static final int NUMBER_1 = 1 << 3;

    public static final int NUMBER_2 = 2 << 3;
    public static final int NUMBER_3 = 3 << 3;

    /** Tag of field 2 when it holds bytes. */
    public static final int BYTES_2 = 2 << 3 | 2;

    public static final int BYTES_3 = 3 << 3 | 2;

    /** Tag of field 1 when it holds eight bytes. */
    public static final int LONG_1 = 1 << 3 | 1;

    private ReferenceMessages() {}
}
