package tavern.server.feed.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;

final class PublishWindowTest {
    private final List<Long> delivered = new ArrayList<>();
    private final List<Long> returned = new ArrayList<>();
    private final List<Long> nacked = new ArrayList<>();
    private final PublishWindow window = new PublishWindow(8);

    private final PublishWindow.Outcome outcome = new PublishWindow.Outcome() {
        @Override
        public void delivered(Outbound message) {
            delivered.add(message.row().sequence());
        }

        @Override
        public void refused(Outbound message, boolean cameBack) {
            (cameBack ? returned : nacked).add(message.row().sequence());
        }
    };

    private static Outbound message(long sequence) {
        OutboxEvent event = new OutboxEvent("trade.main.hall", new byte[0]);
        return new Outbound(new OutboxRow(sequence, "m" + sequence, event, null, 0, 0), null);
    }

    private void publish(long... sequences) {
        for (long sequence : sequences) {
            window.add(message(sequence), 1_000 + sequence);
        }
    }

    @Test
    void aConfirmOfManyIsOneOfEachThatHadNone() {
        publish(11, 12, 13, 14);
        window.answered(2, false, true, outcome);
        window.answered(3, true, true, outcome);
        assertThat(delivered).containsExactly(12L, 11L, 13L);
        assertThat(window.size()).isEqualTo(1);
        assertThat(window.waitingSinceMillis()).isEqualTo(1_014);
    }

    @Test
    void aConfirmThatComesTwiceCountsOnce() {
        publish(1, 2);
        window.answered(1, false, true, outcome);
        window.answered(1, false, true, outcome);
        window.answered(1, true, true, outcome);
        assertThat(delivered).containsExactly(1L);
    }

    @Test
    void aMessageThatCameBackIsNotDeliveredWhateverItsConfirmSays() {
        publish(1, 2, 3);
        window.returned("m2");
        window.answered(3, true, true, outcome);
        assertThat(delivered).containsExactly(1L, 3L);
        assertThat(returned).containsExactly(2L);
    }

    @Test
    void whatTheBrokerLostIsNotDelivered() {
        publish(1, 2);
        window.answered(2, true, false, outcome);
        assertThat(nacked).containsExactly(1L, 2L);
        assertThat(delivered).isEmpty();
    }

    @Test
    void aConfirmOfWhatWasNeverPublishedDoesNothing() {
        publish(1);
        window.answered(9, false, true, outcome);
        assertThat(delivered).isEmpty();
        window.answered(9, true, true, outcome);
        assertThat(delivered).containsExactly(1L);
    }

    @Test
    void aGapAtTheOldestTakesUpRoomUntilItIsAnswered() {
        publish(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(window.free()).isZero();
        assertThatThrownBy(() -> publish(9)).isInstanceOf(IllegalStateException.class);
        window.answered(8, false, true, outcome);
        assertThat(window.free()).isZero();
        window.answered(1, false, true, outcome);
        assertThat(window.free()).isEqualTo(1);
    }

    @Test
    void whatIsForgottenIsNoLongerAnsweredForAndLaterTagsGoOn() {
        publish(1, 2, 3);
        window.forget();
        assertThat(window.isEmpty()).isTrue();
        publish(1); // the fourth on this connection
        window.answered(3, true, true, outcome);
        assertThat(delivered).isEmpty();
        window.answered(4, false, true, outcome);
        assertThat(delivered).containsExactly(1L);
    }

    @Test
    void aNewConnectionCountsFromOne() {
        publish(1, 2, 3);
        window.restart();
        publish(1, 2);
        window.answered(1, false, true, outcome);
        assertThat(delivered).containsExactly(1L);
        assertThat(window.oldest())
                .isNotNull()
                .extracting(left -> left.row().sequence())
                .isEqualTo(2L);
    }

    @Test
    void everyMessageHasOneOutcomeHoweverAnswersCome() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long published = 0;
        Set<Long> cameBack = new HashSet<>();
        for (int step = 0; step < 20_000; step++) {
            if (window.free() > 0 && random.nextBoolean()) {
                publish(++published);
                if (random.nextInt(10) == 0) {
                    window.returned("m" + published);
                    cameBack.add(published);
                }
            } else if (published > 0) {
                long tag = Math.max(1, published - random.nextInt(10));
                window.answered(tag, random.nextInt(4) == 0, true, outcome);
            }
        }
        window.answered(published, true, true, outcome);
        List<Long> all = new ArrayList<>(delivered);
        all.addAll(returned);
        assertThat(all).as("seed %s", seed).doesNotHaveDuplicates().hasSize((int) published);
        assertThat(returned).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(cameBack);
        assertThat(window.isEmpty()).isTrue();
    }
}
