package tavern.sim.check;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** One line of a bot's log. */
record LogLine(long nanos, String bot, String what, JsonObject rest) {
    static LogLine of(String line) {
        JsonObject object = JsonParser.parseString(line).getAsJsonObject();
        return new LogLine(
                object.get("t").getAsLong(),
                object.get("bot").getAsString(),
                object.get("what").getAsString(),
                object);
    }

    String text(String name) {
        return element(name).getAsString();
    }

    long number(String name) {
        return element(name).getAsLong();
    }

    private JsonElement element(String name) {
        JsonElement element = rest.get(name);
        if (element == null) {
            throw new IllegalArgumentException("no " + name + " in " + rest);
        }
        return element;
    }
}
