package tavern.server.games;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.util.JsonFormat;
import java.util.HexFormat;

/** Messages of games, for people. */
public final class GameJson {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer();

    private GameJson() {}

    /**
     * As protobuf's JSON, which has 64-bit numbers as strings. A message that does not know its fields' names, or has others in it
     * that are not known here, is an object with its bytes as {@code hex}.
     */
    public static JsonElement of(MessageLite message) {
        if (message instanceof Message described) {
            try {
                return JsonParser.parseString(PRINTER.print(described));
            } catch (InvalidProtocolBufferException e) {
                return hex(message); // an Any of an unknown type
            }
        }
        return hex(message);
    }

    private static JsonElement hex(MessageLite message) {
        JsonObject hex = new JsonObject();
        hex.addProperty("hex", HexFormat.of().formatHex(message.toByteArray()));
        return hex;
    }
}
