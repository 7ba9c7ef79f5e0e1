package tavern.bench.costs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CostTest {
    private static final String INFO = """
            # Commandstats
            cmdstat_evalsha:calls=10,usec=500,usec_per_call=50.00,rejected_calls=0,failed_calls=0
            cmdstat_client|id:calls=3,usec=5,usec_per_call=1.00,rejected_calls=0,failed_calls=0
            cmdstat_info:calls=7,usec=500,usec_per_call=50.00,rejected_calls=0,failed_calls=0
            # CPU
            used_cpu_sys:1.500000
            used_cpu_user:2.250000
            used_cpu_sys_children:9.000000
            """.replace("\n", "\r\n");

    @Test
    void readsWhatRedisCounts() {
        RedisCount count = RedisCount.of(INFO);
        assertThat(count.calls()).isEqualTo(Map.of("evalsha", 10L, "client|id", 3L));
        assertThat(count.cpuMicros()).isEqualTo(3_750_000);
        RedisCount later = new RedisCount(Map.of("evalsha", 15L, "client|id", 3L, "get", 1L), 3_750_100);
        assertThat(later.since(count)).isEqualTo(new RedisCount(Map.of("evalsha", 5L, "get", 1L), 100));
    }

    @Test
    void whatAnIdleServerCostsIsNotCounted() {
        Cost idle = Cost.ofSecond(new RedisCount(Map.of("evalsha", 20L), 4_000), 50_000, 10);
        assertThat(idle.commands()).isEqualTo(Map.of("evalsha", 2.0));
        assertThat(idle.redisMicros()).isEqualTo(400);
        Cost trade =
                Cost.of("a trade", 100, new RedisCount(Map.of("evalsha", 210L, "get", 1L), 9_000), 40_000, 5, idle);
        assertThat(trade.commands()).containsOnlyKeys("evalsha");
        assertThat(trade.allCommands()).isCloseTo(2, within(1e-9));
        assertThat(trade.redisMicros()).isCloseTo(70, within(1e-9));
        assertThat(trade.serverMicros()).isCloseTo(150, within(1e-9));
    }
}
