package tavern.protocol;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ServerMessage;

/**
 * One client's session as a file of JSON lines: its frames in both directions, and what the client must know and have told
 * its user in between. The format is documented in docs/CONFORMANCE.md.
 *
 * @param name of the file, without its ending
 * @param player that the client logs in as
 * @param about what the session shows, for people
 */
public record RecordedSession(String name, String player, String about, List<Step> steps) {
    private static final int FORMAT = 1;
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
            .preservingProtoFieldNames()
            .omittingInsignificantWhitespace()
            .sortingMapKeys();

    /** What happens next. */
    public sealed interface Step {}

    /** The client connects. */
    public record Opened(long atMillis) implements Step {}

    /**
     * The client says something.
     *
     * @param frame with its length, as on the wire
     */
    public record Sent(long atMillis, ClientMessage message, ByteString frame) implements Step {}

    /**
     * The server says something.
     *
     * @param frame with its length, as on the wire
     */
    public record Heard(long atMillis, ServerMessage message, ByteString frame) implements Step {}

    /** The connection is gone, whoever closed it. */
    public record Closed(long atMillis) implements Step {}

    /** What a client that has dealt with all the frames before must know and have told. */
    public record Expected(JsonObject view) implements Step {}

    /** A message as JSON, with the names of the schema. */
    public static JsonObject json(Message message) {
        try {
            return JsonParser.parseString(PRINTER.print(message)).getAsJsonObject();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message of ours has no JSON", e);
        }
    }

    // ---- the file ----

    public void write(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        JsonObject header = new JsonObject();
        header.addProperty("recording", name);
        header.addProperty("format", FORMAT);
        header.addProperty("player", player);
        header.addProperty("about", about);
        lines.add(header.toString());
        steps.forEach(step -> lines.add(line(step).toString()));
        Files.write(folder.resolve(name + ".jsonl"), lines);
    }

    private static JsonObject line(Step step) {
        JsonObject line = new JsonObject();
        if (step instanceof Opened opened) {
            line.addProperty("ms", opened.atMillis());
            line.addProperty("connection", "open");
        } else if (step instanceof Sent sent) {
            frame(line, sent.atMillis(), "client", sent.message(), sent.frame());
        } else if (step instanceof Heard heard) {
            frame(line, heard.atMillis(), "server", heard.message(), heard.frame());
        } else if (step instanceof Closed closed) {
            line.addProperty("ms", closed.atMillis());
            line.addProperty("connection", "closed");
        } else if (step instanceof Expected expected) {
            line.add("expect", expected.view());
        }
        return line;
    }

    private static void frame(JsonObject line, long atMillis, String side, Message message, ByteString frame) {
        line.addProperty("ms", atMillis);
        line.add(side, json(message));
        line.addProperty("frame", HexFormat.of().formatHex(frame.toByteArray()));
    }

    /**
     * Reads a file and checks it against the schema of today: each frame must be the message that stands beside it, down to
     * the last field.
     */
    public static RecordedSession read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        JsonObject header = JsonParser.parseString(lines.get(0)).getAsJsonObject();
        if (header.get("format").getAsInt() != FORMAT) {
            throw new IOException(file + " has format " + header.get("format"));
        }
        List<Step> steps = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            steps.add(step(JsonParser.parseString(line).getAsJsonObject()));
        }
        return new RecordedSession(
                header.get("recording").getAsString(),
                header.get("player").getAsString(),
                header.get("about").getAsString(),
                steps);
    }

    private static Step step(JsonObject line) throws IOException {
        if (line.has("expect")) {
            return new Expected(line.getAsJsonObject("expect"));
        }
        long atMillis = line.get("ms").getAsLong();
        if (line.has("connection")) {
            return line.get("connection").getAsString().equals("open") ? new Opened(atMillis) : new Closed(atMillis);
        }
        ByteString frame = ByteString.fromHex(line.get("frame").getAsString());
        if (line.has("client")) {
            ClientMessage message = ClientMessage.parseDelimitedFrom(frame.newInput());
            check(message, line.get("client"), ClientMessage.newBuilder());
            return new Sent(atMillis, message, frame);
        }
        ServerMessage message = ServerMessage.parseDelimitedFrom(frame.newInput());
        check(message, line.get("server"), ServerMessage.newBuilder());
        return new Heard(atMillis, message, frame);
    }

    private static void check(Message ofFrame, JsonElement json, Message.Builder ofJson) throws IOException {
        // Refuses fields that the schema does not have.
        JsonFormat.parser().merge(json.toString(), ofJson);
        if (!ofJson.build().equals(ofFrame)) {
            throw new IOException("the frame of " + json + " is " + ofFrame);
        }
    }

    // ---- to compare ----

    /**
     * What must be the same whenever the same is recorded: not times, secrets, places, and how many snapshots there are in a
     * row; but the ids of trades, since each recording begins at the same date of its server.
     */
    public List<String> shape() {
        List<String> shape = new ArrayList<>();
        String last = "";
        for (Step step : steps) {
            String next = shape(step);
            if (!next.equals("server snapshot") || !next.equals(last)) {
                shape.add(next);
            }
            last = next;
        }
        return shape;
    }

    private static String shape(Step step) {
        if (step instanceof Sent sent) {
            return "client " + sent.message().getSeq() + " "
                    + name(sent.message().getBodyCase())
                    + (sent.message().hasTradeOffer() ? " " + tradeId(sent) : "");
        }
        if (step instanceof Heard heard) {
            ServerMessage message = heard.message();
            return "server " + name(message.getBodyCase())
                    + number(" in reply to ", message.getReplyTo())
                    + number(" room_seq ", message.getRoomSeq())
                    + number(" session_seq ", message.getSessionSeq())
                    + (message.hasError() ? " " + message.getError().getCode() : "");
        }
        if (step instanceof Expected expected) {
            JsonObject view = expected.view();
            return "expect answers " + view.get("answers") + " lost " + view.get("lost") + " events "
                    + kinds(view.getAsJsonArray("events"));
        }
        return step instanceof Opened ? "open" : "closed";
    }

    private static String tradeId(Sent offer) {
        return HexFormat.of()
                .formatHex(offer.message().getTradeOffer().getTradeId().toByteArray());
    }

    private static String name(Enum<?> bodyCase) {
        return bodyCase.name().toLowerCase(Locale.ROOT);
    }

    private static String number(String what, long number) {
        return number == 0 ? "" : what + number;
    }

    private static List<String> kinds(JsonArray events) {
        List<String> kinds = new ArrayList<>();
        events.forEach(event -> kinds.addAll(event.getAsJsonObject().keySet()));
        return kinds;
    }
}
