package tavern.server.feed.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which letters had better not be looked at once more. */
final class DeadQueueTest {
    private static AMQP.BasicProperties delivered(long times) {
        return new AMQP.BasicProperties.Builder()
                .headers(Map.of("x-delivery-count", times))
                .build();
    }

    @Test
    void aBrokerThatDropsWhatWasDeliveredTooOftenIsSpared() {
        assertThat(DeadQueue.mayBeDropped("4.0.2", delivered(10))).isTrue();
        assertThat(DeadQueue.mayBeDropped("10.1", delivered(19))).isTrue();
        assertThat(DeadQueue.mayBeDropped("4.0.2", delivered(9))).isFalse();
        assertThat(DeadQueue.mayBeDropped("3.13.7", delivered(100))).isFalse();
    }

    @Test
    void whatIsNotKnownHindersNobody() {
        assertThat(DeadQueue.mayBeDropped(null, delivered(10))).isFalse();
        assertThat(DeadQueue.mayBeDropped("unknown", delivered(10))).isFalse();
        assertThat(DeadQueue.mayBeDropped("4.0.2", new AMQP.BasicProperties())).isFalse();
    }
}
