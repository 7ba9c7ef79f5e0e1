package tavern.server.net;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.stream.Stream;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ErrorCode;

/** The metrics of connections. Labels come from fixed sets: nothing that a client sends becomes one. */
public final class NetMetrics {
    private final MeterRegistry registry;
    final Counter accepted;
    final Counter refused;
    final Counter snapshotsSkipped;
    final Counter eventsSkipped;
    final Counter bytesIn;
    final Counter bytesOut;

    public NetMetrics(MeterRegistry registry) {
        this.registry = registry;
        accepted = registry.counter("tavern.net.connections.accepted");
        refused = registry.counter("tavern.net.connections.refused");
        snapshotsSkipped = registry.counter("tavern.net.snapshots.skipped");
        eventsSkipped = registry.counter("tavern.net.events.skipped");
        bytesIn = registry.counter("tavern.net.bytes.in");
        bytesOut = registry.counter("tavern.net.bytes.out");
        // Registered from the start, so that the first event is an increase from 0 and not a series that begins at 1.
        Stream.of(ErrorCode.values())
                .filter(code -> code != ErrorCode.UNRECOGNIZED && Protocol.closesConnection(code))
                .forEach(this::closed);
    }

    /** Counts connections closed because of an error; not called often. */
    final Counter closed(ErrorCode code) {
        return registry.counter("tavern.net.connections.closed", "code", code.name());
    }
}
