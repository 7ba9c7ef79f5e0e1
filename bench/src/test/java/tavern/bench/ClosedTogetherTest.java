package tavern.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClosedTogetherTest {
    private final ClosedTogether kept = new ClosedTogether();
    private final List<String> ending = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();

    @Test
    void thereIsOneOfEachKind() throws IOException, InterruptedException {
        First first = kept.get(First.class, First::new);

        assertThat(kept.get(First.class, First::new)).isSameAs(first);
        kept.get(Second.class, Second::new);
        kept.close();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void oneThatDoesNotCloseKeepsNoOtherOpen() throws IOException {
        kept.get(First.class, First::new);
        kept.get(Failing.class, Failing::new);

        assertThatThrownBy(kept::close).isInstanceOf(IOException.class).hasMessage("hangs");
        assertThat(closed).containsExactly("first");
    }

    @Test
    void allBeginToEndBeforeTheFirstIsWaitedFor() throws IOException, InterruptedException {
        kept.add(new First());
        kept.add(new Second());

        kept.close();

        assertThat(ending).containsExactly("second", "first");
        assertThat(closed).containsExactly("second", "first");
    }

    private final class First implements ClosedTogether.Part {
        @Override
        public void end() {
            ending.add("first");
        }

        @Override
        public void close() {
            closed.add("first");
        }
    }

    private final class Second implements ClosedTogether.Part {
        @Override
        public void end() {
            ending.add("second");
        }

        @Override
        public void close() {
            assertThat(ending).contains("first");
            closed.add("second");
        }
    }

    private static final class Failing implements ClosedTogether.Part {
        @Override
        public void close() throws IOException {
            throw new IOException("hangs");
        }
    }
}
