package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/** Traces, as they arrive at a collector. */
final class TracesIT {
    @TempDir
    Path folder;

    @Test
    void aTradeIsOneTraceFromItsFrameToItsPublication() throws Exception {
        try (TestServices services = TestServices.start(folder);
                TraceReceiver receiver = TraceReceiver.start()) {
            List<String> settings = new ArrayList<>(Arrays.asList(services.freshRealm("store.kind=embedded")));
            settings.add("tracing.otlp-url=" + receiver.url());
            settings.add("tracing.sampled=1");
            play(() -> !receiver.spans("publish").isEmpty(), settings.toArray(new String[0]));

            Span accept = receiver.spans("AcceptTrade").get(0);
            assertThat(accept.getParentSpanId()).isEmpty();
            Span room = receiver.child(accept, "room");
            Span commit = receiver.child(room, "commit");
            Span publish = receiver.child(commit, "publish");
            assertThat(List.of(room, commit, publish))
                    .allMatch(span -> span.getTraceId().equals(accept.getTraceId()));
            assertThat(room.getStartTimeUnixNano()).isGreaterThanOrEqualTo(accept.getStartTimeUnixNano());
            assertThat(publish.getStartTimeUnixNano()).isGreaterThan(commit.getStartTimeUnixNano());

            Span chat = receiver.spans("Chat").get(0);
            assertThat(receiver.child(chat, "room").getAttributesList()).isEmpty();
            assertThat(chat.getAttributes(0).getValue().getStringValue()).isEqualTo("hall");
            assertThat(chat.toString())
                    .as("what players say is nobody's business")
                    .doesNotContain("secret");
            assertThat(receiver.spans()).noneMatch(span -> span.getName().contains("Move"));
        }
    }

    @Test
    void ofRequestsThatAreNotSampledNothingIsSent() throws Exception {
        try (TraceReceiver receiver = TraceReceiver.start()) {
            play(() -> true, "tracing.otlp-url=" + receiver.url(), "tracing.sampled=0");

            assertThat(receiver.spans()).isEmpty();
        }
    }

    @Test
    void aServerDoesNotMissWhoShouldReceiveThem() throws Exception {
        String url;
        try (TraceReceiver gone = TraceReceiver.start()) {
            url = gone.url();
        }
        play(() -> true, "tracing.otlp-url=" + url, "tracing.sampled=1");
    }

    /** Two players talk, move and trade on a server that then stops. */
    private void play(Callable<Boolean> traced, String... settings) throws Exception {
        try (TestServer server = TestServer.start(folder.resolve("data"), settings)) {
            RawClient ann = server.client("ann", "hall");
            RawClient bob = server.client("bob", "hall");
            ann.chat("a secret");
            bob.expect(ServerMessage::hasChat);
            ann.move(16, 16);
            UUID trade = TestIds.fresh();
            ann.answerTo(ann.offer(trade, "bob", RawClient.gold(5), RawClient.stacks(Map.of("potion", 1L))));
            bob.expect(ServerMessage::hasTradeOffered);
            bob.accept(trade, "ann");
            assertThat(ann.tradeResult(trade).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            await().until(traced);
            ann.close();
            bob.close();
        }
    }
}
