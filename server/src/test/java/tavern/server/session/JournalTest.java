package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tavern.server.time.SetClocks;

class JournalTest {
    private final SetClocks clock = new SetClocks(1_000);
    private final Journal journal = new Journal(clock.wall());

    @Test
    void ofAPlayerTheNewestEventsAreKeptTheNewestFirst() {
        for (int i = 0; i < 10 * Journal.EVENTS_MAX; i++) {
            journal.add("ann", Journal.What.CHAT, "hall", "line " + i);
        }
        List<Journal.Event> events = journal.of("ann");
        assertThat(events).hasSize(Journal.EVENTS_MAX);
        assertThat(events.get(0).text()).isEqualTo("line " + (10 * Journal.EVENTS_MAX - 1));
        assertThat(events.get(Journal.EVENTS_MAX - 1).text()).isEqualTo("line " + 9 * Journal.EVENTS_MAX);
    }

    @Test
    void onePlayersEventsDoNotPushOutAnothers() {
        journal.add("bob", Journal.What.JOINED, "hall", "");
        for (int i = 0; i < 10 * Journal.EVENTS_MAX; i++) {
            journal.add("ann", Journal.What.CHAT, "hall", "line " + i);
        }
        assertThat(journal.of("bob")).extracting(Journal.Event::what).containsExactly(Journal.What.JOINED);
        assertThat(journal.of("cleo")).isEmpty();
    }

    @Test
    void ofTooManyPlayersSomeAreForgotten() {
        for (int i = 0; i < 3 * Journal.PLAYERS_MAX; i++) {
            journal.add("p" + i, Journal.What.JOINED, "hall", "");
        }
        long known = IntStream.range(0, 3 * Journal.PLAYERS_MAX)
                .filter(i -> !journal.of("p" + i).isEmpty())
                .count();
        assertThat(known).isEqualTo(Journal.PLAYERS_MAX);
    }
}
