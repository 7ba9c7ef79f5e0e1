package tavern.sim.audit;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Ids of trades in the text that the ledger has them in. */
final class TradeIds {
    private TradeIds() {}

    static String text(ByteString id) {
        ByteBuffer bytes = id.asReadOnlyByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }
}
