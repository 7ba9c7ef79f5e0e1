package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseStore;
import tavern.server.store.Realm;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.SetClocks;

/** A server's id belongs to one start of one server. */
final class NodeLeaseTest {
    private static final long NOW_MILLIS = 1_700_000_000_000L;
    private static final NodeHolder ELSEWHERE = new NodeHolder("x", "10.0.0.7:7777", NOW_MILLIS, "-", 1, 1);

    private final SetClocks clocks = new SetClocks(NOW_MILLIS);
    private final Deque<LeaseAnswer> answers = new ArrayDeque<>();
    private int silences;
    private long silentMillis;
    private @Nullable CompletableFuture<LeaseAnswer> late;
    private final List<String> gone = new ArrayList<>();
    private final List<String> released = new ArrayList<>();
    private final LeaseStore store = (LeaseStore) Proxy.newProxyInstance(
            LeaseStore.class.getClassLoader(), new Class<?>[] {LeaseStore.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("releaseNode")) {
                    released.add((String) arguments[1]);
                    return CompletableFuture.completedFuture(null);
                }
                gone.add((String) arguments[2]);
                clocks.turn(silentMillis);
                if (late != null) {
                    return late;
                }
                if (silences-- > 0) {
                    return CompletableFuture.failedFuture(new StoreUnavailableException("it is silent", 100));
                }
                return CompletableFuture.completedFuture(
                        answers.isEmpty() ? new LeaseAnswer.Granted(0) : answers.remove());
            });

    private NodeLease take() {
        return Realm.await(begin());
    }

    private CompletableFuture<NodeLease> begin() {
        return NodeLease.take(store, "one", "127.0.0.1:7777", 60_000, clocks.clocks());
    }

    private static LeaseAnswer held(NodeHolder by, long remainingMillis) {
        return new LeaseAnswer.Held(by.toString(), remainingMillis);
    }

    @Test
    void anIdThatAnotherServerProlongsIsRefusedInOneLineThatNamesIt() {
        answers.add(held(ELSEWHERE, 100));
        answers.add(held(ELSEWHERE, 50));
        answers.add(held(ELSEWHERE, 9_990));
        assertThatThrownBy(this::take)
                .hasCauseInstanceOf(NodeInUseException.class)
                .hasMessageContaining("node.id = one")
                .hasMessageContaining("10.0.0.7:7777")
                .hasMessageContaining("2023-11-14T22:13:20Z")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anIdWhoseHolderIsNotHeardOfIsTakenWhenItRunsOut() {
        answers.add(held(ELSEWHERE, 100));
        answers.add(held(ELSEWHERE, 1));
        try (NodeLease lease = take()) {
            assertThat(lease.isLost()).isFalse();
        }
        assertThat(gone).containsExactly("", "", "");
    }

    @Test
    void aProcessOfThisMachineThatHasEndedIsSucceededAtOnce() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        NodeHolder self = NodeHolder.self("127.0.0.1:7777", 0);
        long startTicks = LinuxProcess.startTicks(process.pid());
        NodeHolder killed = new NodeHolder("y", "127.0.0.1:7777", 0, self.machine(), process.pid(), startTicks);
        assertThat(killed.hasEnded()).isFalse();
        process.destroyForcibly().waitFor();
        assertThat(killed.hasEnded()).isTrue();
        answers.add(held(killed, 1_000_000_000));
        try (NodeLease lease = take()) {
            assertThat(lease.isLost()).isFalse();
        }
        assertThat(gone).containsExactly("", killed.toString());
    }

    @Test
    void aProcessIsKnownByItsBeginningAndOnlyOnItsOwnMachine() {
        NodeHolder self = NodeHolder.self("127.0.0.1:7777", 0);
        assertThat(self.hasEnded()).isFalse();
        assertThat(new NodeHolder("z", "a:1", 0, self.machine(), self.pid(), self.startTicks() - 1).hasEnded())
                .as("its number was given to another process")
                .isTrue();
        assertThat(new NodeHolder("z", "a:1", 0, "another", self.pid(), 0).hasEnded())
                .isFalse();
        assertThat(new NodeHolder("z", "a:1", 0, self.machine(), self.pid(), LinuxProcess.START_UNKNOWN).hasEnded())
                .as("it is not known when it began")
                .isFalse();
        assertThat(NodeHolder.parse(self.toString())).contains(self);
        assertThat(NodeHolder.parse("a poem")).isEmpty();
    }

    @Test
    void aStoreThatDoesNotAnswerAtOnceIsAskedAgain() {
        silences = 2;
        try (NodeLease lease = take()) {
            assertThat(lease.isLost()).isFalse();
        }
        assertThat(gone).containsExactly("", "", "");
    }

    @Test
    void aStoreThatNeverAnswersIsGivenUp() {
        silences = Integer.MAX_VALUE;
        silentMillis = 4_000;
        assertThatThrownBy(this::take)
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("it is silent");
        assertThat(gone).hasSize(4);
    }

    @Test
    void anIdThatIsObtainedTooLateIsGivenUp() {
        late = new CompletableFuture<>();
        CompletableFuture<NodeLease> taking = begin();
        assertThat(taking.cancel(false)).isTrue();
        assertThat(released).isEmpty();
        late.complete(new LeaseAnswer.Granted(0));
        assertThat(released).hasSize(1);
    }

    @Test
    void aStoreIsNotAskedAgainByWhoDoesNotWaitAnyMore() {
        late = new CompletableFuture<>();
        begin().cancel(false);
        late.complete(held(ELSEWHERE, 100));
        assertThat(gone).containsExactly("");
        assertThat(released).isEmpty();
    }

    @Test
    void aServerThatStopsGivesItsIdUp() {
        take().close();
        assertThat(released).hasSize(1);
        assertThat(NodeHolder.parse(released.get(0)).orElseThrow().address()).isEqualTo("127.0.0.1:7777");
    }
}
