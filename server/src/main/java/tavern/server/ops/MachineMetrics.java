package tavern.server.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import tavern.server.cluster.Directory;
import tavern.server.room.Frames;

/** Gauges that are read on request: the machine under the server, and the sizes of what the server holds. */
final class MachineMetrics implements AutoCloseable {
    private final JvmGcMetrics garbageCollector = new JvmGcMetrics();

    MachineMetrics(OpsServices services) {
        MeterRegistry registry = services.metrics();
        garbageCollector.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        if (Frames.ALLOCATOR instanceof ByteBufAllocatorMetricProvider allocator) {
            new NettyAllocatorMetrics(allocator).bindTo(registry);
        }
        gauges(services, registry);
    }

    private static void gauges(OpsServices services, MeterRegistry registry) {
        Gauge.builder("tavern.sessions", services, all -> all.sessions().size())
                .description("Players, those included who wait to be resumed")
                .register(registry);
        Gauge.builder("tavern.rooms", services, all -> all.rooms().size()).register(registry);
        Gauge.builder("tavern.room.time.rate", services, all -> all.rooms().slowestRate())
                .description("The speed of the time of the slowest room; 1 when none is slowed down")
                .register(registry);
        Gauge.builder("tavern.net.connections", services, all -> all.host().connections())
                .register(registry);
        Gauge.builder(
                        "tavern.store.available",
                        services,
                        all -> all.store().stats().get().available() ? 1 : 0)
                .register(registry);
        Gauge.builder(
                        "tavern.store.in.flight",
                        services,
                        all -> all.store().stats().get().inFlight())
                .description("Operations not yet answered")
                .register(registry);
        Gauge.builder(
                        "tavern.outbox.rows",
                        services,
                        all -> all.store().stats().get().outboxRows())
                .description("Committed trades that are not yet published")
                .register(registry);
        Gauge.builder(
                        "tavern.freezes",
                        services,
                        all -> all.sessions().freezes().all().size())
                .description("Kill switches in force")
                .register(registry);
        Gauge.builder(
                        "tavern.net.outbound.waiting.bytes",
                        services,
                        all -> all.host().vitals().outbound().used())
                .description("Bytes that wait for all clients together")
                .register(registry);
        Gauge.builder(
                        "tavern.net.outbound.waiting.bytes.max",
                        services,
                        all -> all.host().vitals().outbound().max())
                .description("Number of bytes at which the slowest clients are closed")
                .register(registry);
        Gauge.builder(
                        "tavern.replay.borrowed.bytes",
                        services,
                        all -> all.host().vitals().replay().used())
                .description("Bytes that logs for resumes hold beyond the share that each has of its own")
                .register(registry);
        Gauge.builder(
                        "tavern.loops.silent.seconds",
                        services,
                        all -> all.host().vitals().silence().millis() / 1_000.0)
                .description("How long a thread that serves players has not taken a turn")
                .register(registry);
        Gauge.builder(
                        "tavern.net.accepting",
                        services,
                        all -> all.host().vitals().closedBecause() == null ? 1 : 0)
                .description("0 when nobody can connect")
                .register(registry);
        realm(services.sessions().directory(), registry);
        Gauge.builder("tavern.draining", services, all -> all.host().isDraining() ? 1 : 0)
                .register(registry);
    }

    private static void realm(Directory directory, MeterRegistry registry) {
        Gauge.builder(
                        "tavern.realm.nodes",
                        directory,
                        realm -> realm.nodes().stream()
                                .filter(node -> !node.gone())
                                .count())
                .description("Servers that share the realm and are heard of; 0 without a cluster")
                .register(registry);
        Gauge.builder(
                        "tavern.realm.players",
                        directory,
                        realm -> realm.nodes().stream()
                                .filter(node -> !node.gone())
                                .mapToInt(node -> node.report().load().players())
                                .sum())
                .description("Players on all of them")
                .register(registry);
        Gauge.builder(
                        "tavern.realm.rooms",
                        directory,
                        realm -> realm.nodes().stream()
                                .filter(node -> !node.gone())
                                .mapToInt(node -> node.report().load().rooms())
                                .sum())
                .description("Rooms on all of them")
                .register(registry);
        Gauge.builder("tavern.realm.age.seconds", directory, realm -> realm.isAlone() ? 0 : realm.ageMillis() / 1_000.0)
                .description("How old is what this server knows of the others")
                .register(registry);
        FunctionCounter.builder("tavern.realm.rooms.placed", directory, Directory::placedElsewhere)
                .description("How often players were sent to another server to open a room there")
                .register(registry);
    }

    @Override
    public void close() {
        garbageCollector.close();
    }
}
