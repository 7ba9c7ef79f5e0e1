package tavern.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.bench.Stop;
import tavern.bench.load.Counts;
import tavern.bench.load.Dialect;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;
import tavern.client.ClientTransport;

/** Tests the reference over sockets with the load that measures it. */
final class ReferenceServerIT {
    private final EventLoopGroup loops = ClientTransport.loops(2);
    private ReferenceServer server;
    private Swarm swarm;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        server = ReferenceServer.start(20, false, false);
        swarm = new Swarm(Dialect.REFERENCE, server.address(), 4, loops, new Stop());
        swarm.growTo(12);
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        swarm.close();
        server.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void movesAreSeenByTheOthersOfTheRoomOnly() throws IOException, InterruptedException {
        swarm.pace(Rates.moving(10));
        Counts counts = countUntil(Counts::movesSent, 240);
        swarm.pace(Rates.SILENT);

        // Three others in a room of four; moves still in flight or merged with another in one tick may be missing.
        assertThat(counts.updates()).isBetween(240L * 2, counts.movesSent() * 3);
        assertThat(counts.samples()).isPositive();
        assertThat(counts.latencyMs(100)).isPositive();
        assertThat(counts.errors() + counts.disconnects()).isZero();
    }

    @Test
    void aLineOfChatGoesToAllFourOfTheRoom() throws IOException, InterruptedException {
        swarm.pace(Rates.chatting(10));
        Counts counts = countUntil(Counts::chatsSent, 100);
        swarm.pace(Rates.SILENT);
        counts = add(counts, c -> c.chats() == c.chatsSent() * 4);

        assertThat(counts.chats()).isEqualTo(counts.chatsSent() * 4);
        assertThat(counts.samples()).isPositive();
    }

    @Test
    void pingsAreAnswered() throws IOException, InterruptedException {
        swarm.pingPong();

        assertThat(countUntil(Counts::pongs, 1_000).errors()).isZero();
    }

    private Counts countUntil(ToLongFunction<Counts> figure, long enough) throws IOException, InterruptedException {
        return add(swarm.take(), counts -> figure.applyAsLong(counts) >= enough);
    }

    private Counts add(Counts counts, Predicate<Counts> enough) {
        Awaitility.await().pollInSameThread().until(() -> {
            counts.add(swarm.take());
            return enough.test(counts);
        });
        return counts;
    }
}
