package tavern.server.feed.rabbitmq;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import tavern.server.feed.FeedStatus;

/** The feed's counters. */
final class FeedMetrics {
    private final MeterRegistry registry;
    final Counter published;
    final Counter confirmed;
    final Counter returned;
    final Counter unrouted;
    final Counter nacked;
    final Counter dead;
    final Counter reconnects;

    FeedMetrics(MeterRegistry registry) {
        this.registry = registry;
        published = registry.counter("tavern.feed.published");
        confirmed = registry.counter("tavern.feed.confirmed");
        returned = registry.counter("tavern.feed.returned");
        unrouted = registry.counter("tavern.feed.unrouted");
        nacked = registry.counter("tavern.feed.nacked");
        dead = registry.counter("tavern.feed.dead");
        reconnects = registry.counter("tavern.feed.reconnects");
    }

    void show(Supplier<FeedStatus> status, LongSupplier ledgerMessages) {
        gauge("tavern.feed.inflight", status, FeedStatus::inFlight);
        Gauge.builder("tavern.feed.ledger.messages", ledgerMessages, LongSupplier::getAsLong)
                .strongReference(true)
                .register(registry);
        gauge("tavern.feed.relaying", status, now -> now.relaying() ? 1 : 0);
        gauge("tavern.feed.blocked", status, now -> now.blocked() ? 1 : 0);
        gauge("tavern.feed.connected", status, now -> now.connected() ? 1 : 0);
        gauge("tavern.feed.outbox.rows", status, FeedStatus::outboxRows);
        gauge("tavern.feed.outbox.oldest.seconds", status, now -> now.oldestAgeMillis() / 1000.0);
    }

    private void gauge(String name, Supplier<FeedStatus> status, ToDoubleFunction<FeedStatus> value) {
        Gauge.builder(name, () -> value.applyAsDouble(status.get()))
                .strongReference(true)
                .register(registry);
    }
}
