package tavern.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ColyseusPeerTest {
    private final ColyseusPeer peer =
            new ColyseusPeer(JsonParser.parseString("""
            {"version":"0.18.17","node":"v22.1.0","players":200,"seconds":4.0,
             "moves":1000,"updates":18050,"cpuMicros":361000}
            """).getAsJsonObject());

    @Test
    void anUpdateCostsWhatTheServerUsedForAllOfThem() {
        assertThat(peer.microsPerUpdate()).isCloseTo(20, within(1e-9));
        assertThat(peer.deliveredShare()).isCloseTo(0.95, within(1e-9));
        assertThat(peer.json(2).get("ratio").getAsDouble()).isEqualTo(10);
        StringWriter out = new StringWriter();
        peer.print(new PrintWriter(out, true), 2);
        assertThat(out.toString())
                .contains("Colyseus 0.18.17 on Node.js v22.1.0", "20.000 µs/update, 10.0 times as much; 95 %");
    }
}
