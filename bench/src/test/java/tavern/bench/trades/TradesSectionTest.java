package tavern.bench.trades;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TradesSectionTest {
    @Test
    void theFigureIsThatOfTheRoundInTheMiddle() {
        assertThat(figure("redis", 30, 10, 20).median().perSecond()).isEqualTo(20);
        assertThat(figure("redis", 40, 10, 20, 30).median().perSecond()).isEqualTo(20);
        assertThat(figure("redis", 10).median().perSecond()).isEqualTo(10);
    }

    @Test
    void theReportHasTheAgreedNames() {
        JsonObject json = section(
                        figure("lock", 5_000),
                        figure("embedded", 40_000),
                        figure("redis", 21_000),
                        figure("redisRabbit", 20_000.4),
                        figure("bareScript", 30_000),
                        figure("barePublisher", 60_000))
                .json();

        assertThat(json.get("lockPerSecond").getAsLong()).isEqualTo(5_000);
        assertThat(json.get("embeddedPerSecond").getAsLong()).isEqualTo(40_000);
        assertThat(json.get("redisPerSecond").getAsLong()).isEqualTo(21_000);
        assertThat(json.get("redisRabbitPerSecond").getAsLong()).isEqualTo(20_000);
        assertThat(json.get("bareScriptPerSecond").getAsLong()).isEqualTo(30_000);
        assertThat(json.get("barePublisherPerSecond").getAsLong()).isEqualTo(60_000);
    }

    @Test
    void aimsAreRatiosOfMediansOrRates() {
        JsonObject json = section(
                        figure("redis", 1, 20_000, 30_000),
                        figure("bareScript", 40_000, 40_000, 40_000),
                        figure("embedded", 45_000))
                .json();

        List<JsonObject> aims = json.getAsJsonArray("aims").asList().stream()
                .map(aim -> aim.getAsJsonObject())
                .toList();
        // Aims whose figures were not measured are left out.
        assertThat(aims).hasSize(2);
        assertThat(aims.get(0).get("reached").getAsDouble()).isEqualTo(45_000);
        assertThat(aims.get(0).get("met").getAsBoolean()).isTrue();
        assertThat(aims.get(1).get("reached").getAsDouble()).isEqualTo(0.5);
        assertThat(aims.get(1).get("met").getAsBoolean()).isFalse();
    }

    @Test
    void theTableShowsRatesRangesLagAndCpuOfEachProcess() {
        StringWriter text = new StringWriter();
        section(figure("redis", 20_000, 10_000, 30_000)).print(new PrintWriter(text, true));

        assertThat(text.toString())
                .contains("per second")
                .contains("redis-server")
                .containsPattern("figure redis +20,000 +10,000-30,000 +7 +25\\.5");
    }

    @Test
    void aRatioIsTheMedianOfThoseOfTheRoundsSoThatASlowRoundAffectsBoth() {
        Figure items = figure("redisItems", 90, 9, 50);
        Figure none = figure("redisFew", 100, 10, 100);

        assertThat(items.over(none)).isEqualTo(0.9);
        assertThat(figure("redisItems", 90).over(none)).isEqualTo(0.9);
    }

    @Test
    void aSizeMayBeAtMostItsAim() {
        JsonObject json = section(figure("embeddedItems", 1_000)).json();

        JsonObject aim = json.getAsJsonArray("aims").get(0).getAsJsonObject();
        assertThat(aim.get("atMost").getAsDouble()).isEqualTo(200);
        assertThat(aim.get("reached").getAsDouble()).isEqualTo(250);
        assertThat(aim.get("met").getAsBoolean()).isFalse();
    }

    private static TradesSection section(Figure... figures) {
        return new TradesSection("trades", TradesSection.AIMS, Pace.QUICK, List.of(figures));
    }

    private static Figure figure(String key, double... rates) {
        List<Sample> samples = Arrays.stream(rates)
                .mapToObj(rate -> new Sample(rate, new TreeMap<>(Map.of("redis-server", 25.5)), 7, 250))
                .toList();
        return new Figure(key, "figure " + key, samples);
    }
}
