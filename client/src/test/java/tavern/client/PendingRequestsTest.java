package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class PendingRequestsTest {
    private final PendingRequests requests = new PendingRequests(10);

    /** P-10, P-22: 1 comes after 4,294,967,295. */
    @Test
    void whatTheServerHasNotHeardIsFoundWhereNumbersWrap() {
        PendingRequests.Pending heard = add(-2);
        PendingRequests.Pending unheard = add(-1);
        PendingRequests.Pending later = add(1);
        assertThat(requests.resume(-2, false)).containsExactly(unheard, later);
        assertThat(heard.answer()).isCompletedExceptionally();
        assertThat(requests.isEmpty()).isTrue();
    }

    private PendingRequests.Pending add(int seq) {
        PendingRequests.Pending pending =
                new PendingRequests.Pending(ClientMessages.list("", "", 0), new CompletableFuture<>(), 0);
        requests.add(seq, pending);
        return pending;
    }
}
