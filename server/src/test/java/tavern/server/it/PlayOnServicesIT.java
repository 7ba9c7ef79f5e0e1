package tavern.server.it;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Everything that works on the embedded store works on Redis too, with RabbitMQ and without it. */
class PlayOnServicesIT {
    @TempDir
    static Path processes;

    private static TestServices services;

    @BeforeAll
    static void startServices() throws Exception {
        services = TestServices.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    @Nested
    class PlayOnEmbeddedAndRabbit extends PlayIT {
        @Override
        String[] settings() {
            return services.freshRealm("store.kind=embedded");
        }
    }

    @Nested
    class PlayOnRedisAlone extends PlayIT {
        @Override
        String[] settings() {
            return services.freshRealm("feed.kind=none");
        }
    }

    @Nested
    class PlayOnRedisAndRabbit extends PlayIT {
        @Override
        String[] settings() {
            return services.freshRealm();
        }
    }

    @Nested
    class GamesOnRedisAndRabbit extends GameRoomIT {
        @Override
        String[] settings() {
            return services.freshRealm();
        }
    }

    @Nested
    class StopOnRedisAndRabbit extends CleanStopIT {
        @Override
        String[] settings() {
            // A lease that a busy machine renews late would be warned of.
            return services.freshRealm("cluster.enabled=true", "cluster.lease-millis=30000");
        }
    }

    @Nested
    class RacesOnEmbeddedAndRabbit extends TradeRaceIT {
        @Override
        String[] settings() {
            return services.freshRealm("store.kind=embedded");
        }
    }

    @Nested
    class RacesOnRedisAlone extends TradeRaceIT {
        @Override
        String[] settings() {
            return services.freshRealm("feed.kind=none");
        }
    }

    @Nested
    class RacesOnRedisAndRabbit extends TradeRaceIT {
        @Override
        String[] settings() {
            return services.freshRealm();
        }
    }
}
