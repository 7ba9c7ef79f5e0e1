package tavern.server.tls;

import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that a port presents: the newest usable one that its files have held. {@link #look} and {@link
 * #reload} are confined to one thread; the rest is safe on any thread.
 */
public final class ServerCertificate {
    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);
    private static final Duration WARNED_BEFORE = Duration.ofDays(14);
    private static final Duration WARNED_EVERY = Duration.ofDays(1);

    private final PemPair files;
    private final InstantSource clock;
    private final List<Consumer<JdkSslContext>> listeners = new CopyOnWriteArrayList<>();
    private volatile KeyedCertificate current;
    private volatile @Nullable String refusal;
    private String seen = "";
    private String handled = "";

    /** When the files are to be read again although they have not changed; null: never. */
    private @Nullable Instant retryAt;

    private Instant warned = Instant.EPOCH;

    private ServerCertificate(PemPair files, InstantSource clock, KeyedCertificate current) {
        this.files = files;
        this.clock = clock;
        this.current = current;
    }

    /** @throws RefusedCertificateException when they cannot be used, or cannot be used yet or any longer */
    static ServerCertificate open(PemPair files, InstantSource clock) throws RefusedCertificateException {
        KeyedCertificate first = KeyedCertificate.read(files);
        first.requireInForce(clock.instant());
        ServerCertificate certificate = new ServerCertificate(files, clock, first);
        certificate.seen = certificate.contents();
        certificate.handled = certificate.seen;
        certificate.warnOfEnd();
        return certificate;
    }

    /** All problems with the files, except for validity periods. */
    public static List<RefusedCertificateException> problems(PemPair files) {
        return KeyedCertificate.problems(files);
    }

    /** The context for new handshakes. */
    public JdkSslContext context() {
        return current.context();
    }

    /** Notifies the listener of each new certificate before it is in use, on the thread that found it; again if any fails. */
    public void onChange(Consumer<JdkSslContext> listener) {
        listeners.add(listener);
    }

    Duration left() {
        return Duration.between(clock.instant(), current.end());
    }

    String section() {
        return files.section();
    }

    /** The problems that an operator should do something about. */
    List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        Optional.ofNullable(refusal).ifPresent(troubles::add);
        if (left().compareTo(WARNED_BEFORE) < 0) {
            troubles.add(ending());
        }
        return troubles;
    }

    private String ending() {
        return files.section() + ".cert = " + files.certificate()
                + (left().isNegative() ? ": this certificate ended on " : ": this certificate ends on ")
                + current.end();
    }

    /**
     * Loads the files once they have stayed unchanged from one check to the next, since the two are never written at
     * the same moment.
     */
    void look() {
        String now = contents();
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && (!now.equals(handled) || isDue())) {
            reload();
        }
        warnOfEnd();
    }

    private boolean isDue() {
        return retryAt != null && !clock.instant().isBefore(retryAt);
    }

    /** Loads the files now, if they can be used; otherwise the old pair stays. */
    void reload() {
        String now = contents();
        seen = now;
        retryAt = null;
        try {
            KeyedCertificate next = KeyedCertificate.read(files);
            if (clock.instant().isBefore(next.begin())) {
                retryAt = next.begin();
            }
            next.requireInForce(clock.instant());
            if (!next.contents().equals(current.contents())) {
                take(next);
            }
            refusal = null;
            handled = now;
        } catch (RefusedCertificateException e) {
            handled = now;
            refusal = e.getMessage();
            log.warn("{}; the certificate in use stays, and ends on {}", e.getMessage(), current.end());
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void take(KeyedCertificate next) {
        listeners.forEach(listener -> listener.accept(next.context()));
        current = next;
        warned = Instant.EPOCH;
        log.info(
                "new connections get the new {}.cert = {}, which ends on {}",
                files.section(),
                files.certificate(),
                next.end());
    }

    /** The next look tries again; the log is told once, not each second. */
    private void failed(RuntimeException failure) {
        String what = files.section() + ".cert = " + files.certificate()
                + ": this certificate could not be put to use (" + failure + ")";
        if (!what.equals(refusal)) {
            log.error("{}; trying on, and the certificate in use stays", what, failure);
        }
        refusal = what;
    }

    private String contents() {
        StringBuilder contents = new StringBuilder();
        for (var file : List.of(files.certificate(), files.key())) {
            try {
                contents.append(PemFile.read(file));
            } catch (IOException e) {
                contents.append(e);
            }
        }
        return contents.toString();
    }

    private void warnOfEnd() {
        Instant now = clock.instant();
        if (left().compareTo(WARNED_BEFORE) < 0 && Duration.between(warned, now).compareTo(WARNED_EVERY) >= 0) {
            warned = now;
            log.warn("{}; put a new one in its place: it is loaded without a restart", ending());
        }
    }
}
