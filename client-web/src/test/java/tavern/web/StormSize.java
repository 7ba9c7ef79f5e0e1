package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;

/**
 * How hard the storms of {@code test/storm.ts} are: by default as the build can afford, with {@code -Dtavern.storm=full}
 * 200 sessions with 40 cuts each, and with {@code -Dtavern.storm.seed=N} by another chance.
 */
record StormSize(int sessions, int cuts, Duration patience, long seed) {
    static StormSize ofTheBuild() {
        long seed = Long.getLong("tavern.storm.seed", 1);
        return System.getProperty("tavern.storm", "").equals("full")
                ? new StormSize(200, 40, Duration.ofMinutes(15), seed)
                : new StormSize(20, 6, Duration.ofSeconds(90), seed);
    }

    /** The settings of a server for sessions whose connections break all the time, on a machine that may be busy. */
    static String[] server() {
        return new String[] {"limits.resume-seconds=60", "limits.hello-seconds=30"};
    }

    void check(String report) {
        JsonObject told = JsonParser.parseString(report).getAsJsonObject();
        assertThat(told.getAsJsonArray("problems")).as(report).isEmpty();
        assertThat(told.get("cuts").getAsInt()).as(report).isEqualTo(sessions * cuts);
        assertThat(told.get("resumed").getAsInt()).as(report).isGreaterThan(sessions * cuts / 4);
        assertThat(told.get("chats").getAsInt()).as(report).isGreaterThan(sessions);
        assertThat(told.get("whispers").getAsInt()).as(report).isGreaterThan(sessions);
        assertThat(told.get("moves").getAsInt()).as(report).isGreaterThan(sessions);
    }
}
