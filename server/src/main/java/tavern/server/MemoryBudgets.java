package tavern.server;

import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.config.TavernConfig;
import tavern.server.games.GamesSettings;
import tavern.server.guard.ProcessLimits;
import tavern.server.guard.ReplayBudget;
import tavern.server.net.OutboundBudget;
import tavern.server.room.RecordingMemory;
import tavern.server.room.TurnMemory;

/** The memory that parts of the server may use: as configured, else by what the process has. */
final class MemoryBudgets {
    private static final Logger log = LoggerFactory.getLogger(MemoryBudgets.class);

    private MemoryBudgets() {}

    /** For what waits for slow clients. */
    static OutboundBudget outbound(TavernConfig config) {
        long configured = config.net().limits().outboundTotalBytes();
        long bytes = configured == 0 ? ProcessLimits.outboundBytes() : configured;
        log.info(
                "memory: {} MB of heap, {} MB of direct memory, of which {} MB may wait for clients",
                Runtime.getRuntime().maxMemory() >> 20,
                ProcessLimits.directBytesMax() >> 20,
                bytes >> 20);
        if (!ProcessLimits.failsAtOnce()) {
            log.warn("connections may wait for direct memory; start with bin/server, or with"
                    + " --add-opens=java.base/java.nio=ALL-UNNAMED, so that what is used up costs slow clients only");
        }
        return new OutboundBudget(bytes);
    }

    /** For events that are kept for resumes. */
    static ReplayBudget replay(TavernConfig config) {
        long configured = config.sessions().replayTotalBytes();
        return new ReplayBudget(
                configured == 0 ? ProcessLimits.replayBytes() : configured,
                config.sessions().sessionsMax() + (long) config.rooms().roomsMax());
    }

    /** For turns of games that the store has not confirmed. */
    static TurnMemory turns(TavernConfig config, MeterRegistry metrics) {
        long configured = config.games().turnsTotalBytes();
        return new TurnMemory(configured == 0 ? ProcessLimits.turnBytes() : configured, metrics);
    }

    /** For recordings of games. */
    static RecordingMemory recordings(TavernConfig config, MeterRegistry metrics) {
        GamesSettings.Recordings bounds = config.games().recordings();
        return new RecordingMemory(bounds.roomBytes(), bounds.totalBytes(), Version.current(), metrics);
    }
}
