package tavern.bench.trades;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The results of one contender in all rounds. */
record Figure(String key, String title, List<Sample> samples) {
    /** The median sample; for an even number of rounds, the lower of the two in the middle. */
    Sample median() {
        return samples.stream()
                .sorted(Comparator.comparingDouble(Sample::perSecond))
                .toList()
                .get((samples.size() - 1) / 2);
    }

    /** The median of the ratios of those rounds in which both were measured. */
    double over(Figure other) {
        double[] ratios = IntStream.range(0, Math.min(samples.size(), other.samples.size()))
                .mapToDouble(
                        i -> samples.get(i).perSecond() / other.samples.get(i).perSecond())
                .sorted()
                .toArray();
        return ratios[(ratios.length - 1) / 2];
    }

    /** The largest result that a trader received in any round; 0 if none was sent. */
    int resultBytes() {
        return samples.stream().mapToInt(Sample::resultBytes).max().orElse(0);
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
        if (resultBytes() > 0) {
            json.addProperty("resultBytes", resultBytes());
        }
        return json;
    }
}
