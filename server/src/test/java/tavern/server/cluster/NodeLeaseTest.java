package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseStore;
import tavern.server.store.Realm;

/** A server's id belongs to one start of one server. */
final class NodeLeaseTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_000L));
    private static final NodeHolder ELSEWHERE = new NodeHolder("x", "10.0.0.7:7777", 1_700_000_000_000L, "-", 1, 1);

    private final Deque<LeaseAnswer> answers = new ArrayDeque<>();
    private final List<String> gone = new ArrayList<>();
    private final List<String> released = new ArrayList<>();
    private final LeaseStore store = (LeaseStore) Proxy.newProxyInstance(
            LeaseStore.class.getClassLoader(), new Class<?>[] {LeaseStore.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("releaseNode")) {
                    released.add((String) arguments[1]);
                    return CompletableFuture.completedFuture(null);
                }
                gone.add((String) arguments[2]);
                return CompletableFuture.completedFuture(
                        answers.isEmpty() ? new LeaseAnswer.Granted(0) : answers.remove());
            });

    private NodeLease take() {
        return Realm.await(NodeLease.take(store, "one", "127.0.0.1:7777", 60_000, CLOCK));
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
    void aServerThatStopsGivesItsIdUp() {
        take().close();
        assertThat(released).hasSize(1);
        assertThat(NodeHolder.parse(released.get(0)).orElseThrow().address()).isEqualTo("127.0.0.1:7777");
    }
}
