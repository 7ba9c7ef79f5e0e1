package tavern.sim.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tavern.sim.cluster.FaultProxy;
import tavern.sim.cluster.OwnServices;

/** Lets the faults of a schedule happen, each on a thread of its own, since some overlap. */
final class ChaosRun {
    /** Longer than a server waits for an answer of Redis, and shorter than it has a lease. */
    private static final int PLAYERS_STAY_MILLIS = 800;

    private static final int FAULT_SECONDS_MAX = 120;

    private final List<ChaosNode> nodes;
    private final OwnServices services;
    private final @Nullable RedisPair redis;
    private final Consumer<String> told;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * @param redis fails over when Redis is killed, if there is one
     * @param told is told of each fault as it begins, on any thread
     */
    ChaosRun(List<ChaosNode> nodes, OwnServices services, @Nullable RedisPair redis, Consumer<String> told) {
        this.nodes = nodes;
        this.services = services;
        this.redis = redis;
        this.told = told;
    }

    /** Begins nothing more. Faults that are under way end as they must. Safe on any thread. */
    void stop() {
        stop.countDown();
    }

    /** Returns when all faults are over and all is up again. @throws IOException when something does not come up again */
    void run(List<Fault> faults) throws IOException, InterruptedException {
        long began = System.nanoTime();
        List<Future<?>> underWay = new ArrayList<>();
        try {
            for (Fault fault : faults) {
                long due = TimeUnit.MILLISECONDS.toNanos(fault.atMillis()) - (System.nanoTime() - began);
                if (stop.await(Math.max(0, due), TimeUnit.NANOSECONDS)) {
                    break;
                }
                told.accept(fault.toString());
                underWay.add(threads.submit(() -> {
                    carryOut(fault);
                    return null;
                }));
            }
            for (Future<?> each : underWay) {
                each.get();
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("a fault could not be carried out: " + cause.getMessage(), cause);
        } finally {
            // Nothing is closed while a fault is still under way.
            stop();
            threads.shutdown();
            threads.awaitTermination(FAULT_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    private void carryOut(Fault fault) throws IOException, InterruptedException {
        if (fault.kind().reach != FaultKind.Reach.NODE) {
            happen(fault);
            return;
        }
        // On a slow machine a server may not be up again when its next fault is due.
        synchronized (node(fault)) {
            happen(fault);
        }
    }

    private void happen(Fault fault) throws IOException, InterruptedException {
        switch (fault.kind()) {
            case KILL -> {
                ChaosNode node = node(fault);
                node.server.kill();
                node.players.cut();
                last(fault);
                node.start();
            }
            case PAUSE -> {
                node(fault).server.pause();
                last(fault);
                node(fault).server.goOn();
            }
            case ISOLATE -> {
                ChaosNode node = node(fault);
                // What it has sent is on its way all this time, and comes when others have its rooms.
                node.store.freeze();
                node.feed.freeze();
                // Its players ask on while it does not know yet, so that there are commits among that.
                pass(PLAYERS_STAY_MILLIS);
                node.players.refuse();
                pass(fault.millis() - PLAYERS_STAY_MILLIS);
                node.store.heal();
                node.feed.heal();
                node.players.heal();
            }
            case CUT_STORE -> refuse(node(fault).store, fault);
            case CUT_FEED -> refuse(node(fault).feed, fault);
            case CUT_CLIENTS -> refuse(node(fault).players, fault);
            case FREEZE_STORE -> freeze(node(fault).store, fault);
            case FREEZE_CLIENTS -> freeze(node(fault).players, fault);
            case SLOW_STORE -> slow(node(fault).store, fault);
            case SLOW_CLIENTS -> slow(node(fault).players, fault);
            case KILL_STORE -> {
                if (redis == null) {
                    killService("redis", fault);
                } else {
                    failOver(redis, fault);
                }
            }
            case KILL_FEED -> killService("rabbitmq", fault);
            case CLOCK -> {
                NodeClock clock = node(fault).clock;
                clock.setAhead(fault.byMillis());
                last(fault);
                clock.setAhead(0);
            }
            case ROLL -> roll();
        }
    }

    private ChaosNode node(Fault fault) {
        return nodes.get(fault.node() - 1);
    }

    /** Faults end at their time even when the run is stopped: a paused server must go on, and a dead one start. */
    private void last(Fault fault) throws InterruptedException {
        pass(fault.millis());
    }

    private void pass(long millis) throws InterruptedException {
        stop.await(millis, TimeUnit.MILLISECONDS);
    }

    private void refuse(FaultProxy proxy, Fault fault) throws InterruptedException {
        proxy.refuse();
        last(fault);
        proxy.heal();
    }

    private void freeze(FaultProxy proxy, Fault fault) throws InterruptedException {
        proxy.freeze();
        last(fault);
        proxy.heal();
    }

    private void slow(FaultProxy proxy, Fault fault) throws InterruptedException {
        proxy.delay(fault.byMillis());
        last(fault);
        proxy.heal();
    }

    private void killService(String name, Fault fault) throws IOException, InterruptedException {
        // One at a time: each start looks at both services, and takes longer than expected on a slow machine.
        synchronized (services) {
            services.kill(name);
            last(fault);
            services.startAgain();
        }
    }

    /** What stands before a master and its replica, or a Sentinel that servers ask, leads them to the new one. */
    private void failOver(RedisPair pair, Fault fault) throws IOException, InterruptedException {
        synchronized (services) {
            pair.killMaster();
            last(fault);
            int port = pair.promote();
            for (ChaosNode node : nodes) {
                node.store.leadTo(port);
                node.store.cut();
            }
            pair.revive();
        }
    }

    private void roll() throws IOException, InterruptedException {
        for (ChaosNode node : nodes) {
            synchronized (node) {
                if (!node.server.stop()) {
                    throw new IOException(node.server.id() + " did not end well; see " + node.server.log());
                }
                node.start();
            }
        }
    }
}
