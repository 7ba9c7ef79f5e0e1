package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.server.guard.MuteError;

final class BarrierTest {
    private final List<String> written = new ArrayList<>();
    private final Ear outlet = new Ear(ImmediateEventExecutor.INSTANCE, false);
    private final Barrier barrier = outlet.barrier();

    private boolean write(String what) {
        return barrier.pass(() -> written.add(what));
    }

    @Test
    void whatComesBehindAClosedBarrierWaitsInItsOrder() {
        write("before");
        barrier.close();
        write("first");
        write("second");
        assertThat(written).containsExactly("before");

        barrier.open();
        write("third");

        assertThat(written).containsExactly("before", "first", "second", "third");
    }

    @Test
    void eachClosingHasItsOwnPlace() {
        barrier.close();
        write("between");
        barrier.close();
        write("behind both");

        barrier.open();
        assertThat(written).containsExactly("between");
        barrier.open();
        assertThat(written).containsExactly("between", "behind both");
    }

    @Test
    void whatFailsDoesNotKeepTheRestWaiting() {
        barrier.close();
        barrier.pass(() -> {
            throw new MuteError();
        });
        write("behind");

        barrier.open();

        assertThat(written).containsExactly("behind");
        assertThat(outlet.hasFailed()).isTrue();
    }

    @Test
    void anOutletForWhichTooMuchWaitsHasFailed() {
        barrier.close();
        for (int i = 0; i < Barrier.WAITING_MAX; i++) {
            assertThat(write("much")).isTrue();
        }
        assertThat(outlet.hasFailed()).isFalse();

        assertThat(write("too much")).isFalse();

        assertThat(outlet.hasFailed()).isTrue();
    }
}
