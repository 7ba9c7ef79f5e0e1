package tavern.sim.audit;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Trade ids in the text form that the ledger uses, and the time in them. */
public final class TradeIds {
    private TradeIds() {}

    public static String text(ByteString id) {
        return uuid(id).toString();
    }

    /** When the id was made: the first 48 bits of a UUID of version 7. */
    static long bornMillis(ByteString id) {
        return uuid(id).getMostSignificantBits() >>> 16;
    }

    private static UUID uuid(ByteString id) {
        ByteBuffer bytes = id.asReadOnlyByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
