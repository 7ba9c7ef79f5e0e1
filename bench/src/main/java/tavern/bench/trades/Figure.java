package tavern.bench.trades;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Comparator;
import java.util.List;

/** What all rounds say of one contender. */
record Figure(String key, String title, List<Sample> samples) {
    /** That of the round in the middle; of an even number the lower. */
    Sample median() {
        return samples.stream()
                .sorted(Comparator.comparingDouble(Sample::perSecond))
                .toList()
                .get((samples.size() - 1) / 2);
    }

    double lowest() {
        return samples.stream().mapToDouble(Sample::perSecond).min().orElseThrow();
    }

    double highest() {
        return samples.stream().mapToDouble(Sample::perSecond).max().orElseThrow();
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("key", key);
        json.addProperty("what", title);
        json.addProperty("perSecond", Math.round(median().perSecond()));
        JsonArray rounds = new JsonArray();
        samples.forEach(sample -> rounds.add(Math.round(sample.perSecond())));
        json.add("rounds", rounds);
        JsonObject cpu = new JsonObject();
        median().cpuMicros().forEach((process, micros) -> cpu.addProperty(process, Math.round(micros * 10) / 10.0));
        json.add("cpuMicros", cpu);
        json.addProperty("lag", median().lag());
        return json;
    }
}
