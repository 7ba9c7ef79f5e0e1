package tavern.server.ops;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.Map;

/** Converts between records and JSON. Players' texts cannot end a script or a tag, because {@code <} is escaped. */
final class Json {
    private static final Gson GSON = new GsonBuilder().create();

    private Json() {}

    static String write(Object value) {
        return GSON.toJson(value);
    }

    static JsonElement tree(Object value) {
        return GSON.toJsonTree(value);
    }

    /** Reads one object with nothing after it. Throws {@link RequestRefusedException}. */
    static JsonObject readObject(String text) {
        try {
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return element.getAsJsonObject();
            }
        } catch (IOException | JsonParseException | IllegalStateException | StackOverflowError e) {
            throw RequestRefusedException.badRequest("the body is not JSON");
        }
        throw RequestRefusedException.badRequest("the body must be one JSON object");
    }

    static String error(String code, String message, Map<String, ?> details) {
        JsonObject error = new JsonObject();
        error.addProperty("code", code);
        error.addProperty("message", message);
        details.forEach((name, value) -> error.add(name, tree(value)));
        JsonObject body = new JsonObject();
        body.add("error", error);
        return GSON.toJson(body);
    }
}
