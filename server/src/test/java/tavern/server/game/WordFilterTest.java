package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordFilterTest {
    private final WordFilter filter = WordFilter.of(List.of("darn", "übel", "a.b"));

    @Test
    void filteredWordsBecomeAsterisksWhateverTheirCase() {
        assertThat(filter.filter("Darn, DARN! ÜBEL")).isEqualTo("****, ****! ****");
    }

    @Test
    void partsOfOtherWordsStay() {
        assertThat(filter.filter("darning undarn darn2 _darn_")).isEqualTo("darning undarn darn2 _****_");
    }

    @Test
    void wordsAreNoPatterns() {
        assertThat(filter.filter("a.b acb")).isEqualTo("*** acb");
    }

    @Test
    void withoutWordsTextStaysAsItIs() {
        assertThat(WordFilter.of(List.of()).filter("darn")).isEqualTo("darn");
    }
}
