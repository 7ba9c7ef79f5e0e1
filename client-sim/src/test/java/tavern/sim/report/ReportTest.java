package tavern.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tavern.sim.audit.AuditResult;
import tavern.sim.audit.FeedCounts;
import tavern.sim.bots.BotSettings;
import tavern.sim.bots.RunResult;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.Second;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.Tally;

class ReportTest {
    private static final AuditResult SOUND =
            new AuditResult(true, Map.of("gold", 100L), Map.of("gold", 100L), 5, 5, null, 0, 0, null, List.of());

    @Test
    void theJsonHasTheFieldsThatScriptsRead() {
        Tally tally = allIn();
        tally.error("BUSY");
        JsonObject json = json(tally, SOUND);
        assertThat(json.keySet())
                .contains(
                        "bots",
                        "durationSeconds",
                        "connected",
                        "disconnects",
                        "errors",
                        "moves",
                        "chat",
                        "trades",
                        "audit");
        assertThat(json.getAsJsonObject("moves").keySet()).contains("sent", "seen", "expected", "latencyMs");
        assertThat(json.getAsJsonObject("moves").getAsJsonObject("latencyMs").keySet())
                .containsExactly("p50", "p90", "p99", "p999", "max");
        assertThat(json.getAsJsonObject("chat").keySet())
                .contains("sent", "delivered", "expected", "lost", "duplicated", "reordered", "latencyMs");
        assertThat(json.getAsJsonObject("trades").keySet())
                .contains("offered", "committed", "declined", "failed", "latencyMs");
        assertThat(json.getAsJsonObject("audit").keySet())
                .contains(
                        "conserved",
                        "goodsBefore",
                        "goodsAfter",
                        "acknowledged",
                        "inStore",
                        "published",
                        "lost",
                        "duplicated");
        assertThat(json.getAsJsonObject("errors").get("BUSY").getAsInt()).isEqualTo(1);
        assertThat(json.get("ok").getAsBoolean()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Count.class)
    void anyFaultFailsTheRunAndNothingElseDoes(Count count) {
        Tally tally = allIn();
        if (count != Count.CONNECTED) {
            tally.add(count);
        }
        assertThat(json(tally, SOUND).get("ok").getAsBoolean()).isEqualTo(!count.isFault());
    }

    @Test
    void missingBotsAndABadAuditFailTheRun() {
        assertThat(json(new Tally(), SOUND).get("ok").getAsBoolean()).isFalse();
        assertThat(bad(false, 5, 0, 0)).isFalse();
        assertThat(bad(true, 4, 0, 0)).isFalse();
        assertThat(bad(true, 5, 1, 0)).isFalse();
        assertThat(bad(true, 5, 0, 1)).isFalse();
    }

    @Test
    void thePageHoldsAllItNeedsAndDataCannotBreakOut() throws IOException {
        Tally tally = allIn();
        tally.fault(Count.CHAT_FORGED, "</script><b>");
        String page = HtmlReport.of(Report.of(result(tally, SOUND)));
        assertThat(page)
                .contains("uPlot")
                .doesNotContain("</script><b>", "/*REPORT*/", "/*UPLOT_", "src=", "http-equiv");
        assertThat(page).contains("prefers-color-scheme: dark").contains("\"updatesSeen\": 7");
    }

    @Test
    void theTableSaysWhetherItPassed() {
        assertThat(table(allIn())).contains("PASSED").contains("3 of 3 bots");
        Tally tally = allIn();
        tally.fault(Count.CHAT_LOST, "hello");
        assertThat(table(tally)).contains("FAILED").contains("chat deliveries lost: hello");
    }

    @Test
    void aFeedThatMissesForgesOrGarblesATradeFailsTheRun() {
        assertThat(ok(new FeedCounts(9, 3, 2, 1, 0, 0, 0)))
                .as("repeats, order and strangers are notes")
                .isTrue();
        assertThat(ok(new FeedCounts(9, 0, 0, 0, 1, 0, 0))).isFalse();
        assertThat(ok(new FeedCounts(9, 0, 0, 0, 0, 1, 0))).isFalse();
        assertThat(ok(new FeedCounts(9, 0, 0, 0, 0, 0, 1))).isFalse();
    }

    @Test
    void theFeedIsInTheTableOnceItWasRead() {
        AuditResult audit = withFeed(new FeedCounts(9, 3, 2, 1, 0, 0, 0));
        StringWriter text = new StringWriter();
        Table.print(Report.of(result(allIn(), audit)), new PrintWriter(text));
        assertThat(text.toString()).contains("feed      5 trades published; 9 messages, 3 repeats");
        assertThat(table(allIn())).doesNotContain("feed  ");
    }

    private static boolean ok(FeedCounts feed) {
        return json(allIn(), withFeed(feed)).get("ok").getAsBoolean();
    }

    private static AuditResult withFeed(FeedCounts feed) {
        return new AuditResult(true, Map.of(), Map.of(), 5, 5, 5L, 0, 0, feed, List.of());
    }

    private static boolean bad(boolean conserved, long inStore, long lost, long duplicated) {
        AuditResult audit =
                new AuditResult(conserved, Map.of(), Map.of(), 5, inStore, null, lost, duplicated, null, List.of());
        return json(allIn(), audit).get("ok").getAsBoolean();
    }

    private static String table(Tally tally) {
        StringWriter text = new StringWriter();
        Table.print(Report.of(result(tally, SOUND)), new PrintWriter(text));
        return text.toString();
    }

    private static Tally allIn() {
        Tally tally = new Tally();
        tally.add(Count.CONNECTED, 3);
        return tally;
    }

    private static JsonObject json(Tally tally, AuditResult audit) {
        return JsonParser.parseString(Report.of(result(tally, audit)).toJson()).getAsJsonObject();
    }

    private static RunResult result(Tally tally, AuditResult audit) {
        BotSettings settings = new BotSettings(
                List.of(InetSocketAddress.createUnresolved("127.0.0.1", 7777)),
                3,
                1,
                Duration.ofSeconds(1),
                1,
                1,
                1,
                0,
                42,
                1,
                "room-",
                "run",
                UnaryOperator.identity(),
                null,
                null,
                null);
        Second second = new Second(0, 7, 1, 1, 1, 2, 3, 4);
        return new RunResult(settings, 1, 0.1, tally, new Latencies(), List.of(second), audit);
    }
}
