package tavern.server.tls;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All certificates of the server, checked on a thread of their own. Safe on any thread. */
public final class Certificates implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);
    private static final long LOOK_SECONDS = 1;

    private final @Nullable ServerCertificate players;
    private final @Nullable ServerCertificate operators;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("certificates", true));

    private Certificates(@Nullable ServerCertificate players, @Nullable ServerCertificate operators) {
        this.players = players;
        this.operators = operators;
    }

    /**
     * Reads the files, and checks them for changes from now on.
     *
     * @param playersFiles null when players connect without TLS
     * @param operatorsFiles null when operators do so
     * @throws RefusedCertificateException when any of them cannot be used, or cannot be used yet or any longer
     */
    public static Certificates open(
            @Nullable PemPair playersFiles,
            @Nullable PemPair operatorsFiles,
            InstantSource clock,
            MeterRegistry metrics)
            throws RefusedCertificateException {
        Certificates all = new Certificates(
                playersFiles == null ? null : ServerCertificate.open(playersFiles, clock),
                operatorsFiles == null ? null : ServerCertificate.open(operatorsFiles, clock));
        all.all().forEach(certificate -> register(certificate, metrics));
        if (!all.all().isEmpty()) {
            all.thread.scheduleWithFixedDelay(all::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        }
        return all;
    }

    private static void register(ServerCertificate certificate, MeterRegistry metrics) {
        Gauge.builder(
                        "tavern.tls.certificate.expiry",
                        certificate,
                        one -> one.left().toSeconds())
                .description("Time until the certificate ends; negative afterwards")
                .baseUnit("seconds")
                .tag("section", certificate.section())
                .register(metrics);
    }

    private List<ServerCertificate> all() {
        return Stream.of(players, operators).flatMap(Stream::ofNullable).toList();
    }

    /** The players' certificate, or null when they connect without TLS. */
    public @Nullable ServerCertificate players() {
        return players;
    }

    /** The operators' certificate, or null when they connect without TLS. */
    public @Nullable ServerCertificate operators() {
        return operators;
    }

    /** The problems that an operator should do something about, as text. */
    public List<String> troubles() {
        return all().stream().flatMap(one -> one.troubles().stream()).toList();
    }

    private void look() {
        each(ServerCertificate::look);
    }

    /** Reads all files again, without waiting for the next look. Does nothing once the server stops. */
    public void reload() {
        try {
            thread.execute(() -> each(ServerCertificate::reload));
        } catch (RejectedExecutionException e) {
            log.debug("certificates are not read again: the server stops", e);
        }
    }

    /** What fails with one certificate keeps neither the other nor the next look from being served. */
    private void each(Consumer<ServerCertificate> step) {
        for (ServerCertificate certificate : all()) {
            try {
                step.accept(certificate);
            } catch (RuntimeException e) {
                log.error("{}.cert could not be looked at", certificate.section(), e);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
