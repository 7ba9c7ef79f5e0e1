package tavern.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates are taken, and when new ones are. */
final class ServerCertificateTest {
    @TempDir
    private static Path made;

    private static TestCertificate first;
    private static TestCertificate second;

    @TempDir
    private Path folder;

    private final List<SSLContext> told = new ArrayList<>();
    private PemPair files;
    private Instant now;

    @BeforeAll
    static void makeCertificates() throws Exception {
        first = TestCertificate.make(made, "first", "-validity", "90");
        second = TestCertificate.make(made, "second", "-validity", "91");
    }

    @BeforeEach
    void putFirst() throws IOException {
        files = new PemPair("net.tls", folder.resolve("cert.pem"), folder.resolve("key.pem"));
        first.copyTo(files.certificate(), files.key());
        // The second one was made later.
        now = second.certificate().getNotBefore().toInstant().plusSeconds(1);
    }

    private ServerCertificate open() throws RefusedCertificateException {
        ServerCertificate certificate = ServerCertificate.open(files, () -> now);
        certificate.onChange(context -> told.add(context.context()));
        return certificate;
    }

    @Test
    void aCertificateIsRefusedBeforeAndAfterItsTime() throws Exception {
        Instant from = first.certificate().getNotBefore().toInstant();
        Instant end = first.certificate().getNotAfter().toInstant();
        now = from.minusSeconds(1);
        assertThatThrownBy(this::open)
                .hasMessageStartingWith("net.tls.cert = " + files.certificate())
                .hasMessageContainingAll("is not valid before " + from, "look at its clock");
        now = end.plusSeconds(1);
        assertThatThrownBy(this::open)
                .hasMessageStartingWith("net.tls.cert = " + files.certificate())
                .hasMessageContainingAll("ended on " + end, "get a new one");
        now = end;
        assertThat(open().troubles()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "EdDSA"})
    void aKeyOfAnotherCertificateIsRefused(String algorithm) throws Exception {
        TestCertificate one = TestCertificate.make(folder, "one", "-keyalg", algorithm);
        TestCertificate other = TestCertificate.make(folder, "other", "-keyalg", algorithm);
        assertThat(ServerCertificate.problems(new PemPair("ops.tls", one.certificateFile(), one.keyFile())))
                .isEmpty();
        for (Path key : List.of(other.keyFile(), ofAnotherKind(algorithm).keyFile())) {
            assertThat(ServerCertificate.problems(new PemPair("ops.tls", one.certificateFile(), key)))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.key()).isEqualTo("ops.tls.key");
                        assertThat(problem.cure()).contains("is the key of another certificate");
                    });
        }
    }

    private TestCertificate ofAnotherKind(String algorithm) throws Exception {
        return algorithm.equals("EC") ? TestCertificate.make(folder, "rsa", "-keyalg", "RSA") : first;
    }

    @Test
    void whatAKeyFileHoldsInsteadIsToldWithTheCommandThatConvertsIt() throws Exception {
        String body = Files.readString(first.keyFile());
        Files.writeString(files.key(), body.replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        assertThat(ServerCertificate.problems(files)).singleElement().asString().contains("openssl pkcs8 -topk8");
        Files.writeString(files.key(), body.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        assertThat(ServerCertificate.problems(files)).singleElement().asString().contains("is encrypted");
        Files.writeString(files.key(), body.replace("M", "N"));
        assertThat(ServerCertificate.problems(files)).singleElement().asString().contains("cannot be read");
        Files.writeString(files.certificate(), "poem");
        assertThat(ServerCertificate.problems(files)).hasSize(2);
    }

    @Test
    void aNewPairIsTakenOnceBothFilesAreThere() throws Exception {
        ServerCertificate certificate = open();
        var before = certificate.context();
        certificate.look();
        assertThat(certificate.context()).as("nothing has changed").isSameAs(before);

        Files.copy(second.certificateFile(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        certificate.look();
        assertThat(certificate.troubles()).as("the key may be about to come").isEmpty();
        Files.copy(second.keyFile(), files.key(), StandardCopyOption.REPLACE_EXISTING);
        certificate.look();
        assertThat(certificate.context()).as("it may go on changing").isSameAs(before);
        certificate.look();
        assertThat(certificate.context()).isNotSameAs(before);
        assertThat(told).containsExactly(certificate.context().context());
        assertThat(certificate.left())
                .isEqualTo(
                        Duration.between(now, second.certificate().getNotAfter().toInstant()));
    }

    @Test
    void theOldPairStaysWhenTheNewOneDoesNotFit() throws Exception {
        ServerCertificate certificate = open();
        var before = certificate.context();
        Files.copy(second.certificateFile(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        certificate.look();
        certificate.look();
        certificate.look();
        assertThat(certificate.context()).isSameAs(before);
        assertThat(certificate.troubles()).singleElement().asString().contains("net.tls.key", "another certificate");

        Files.delete(files.key());
        certificate.reload();
        assertThat(certificate.troubles()).singleElement().asString().contains("cannot be read");

        first.copyTo(files.certificate(), files.key());
        certificate.reload();
        assertThat(certificate.troubles()).isEmpty();
        assertThat(certificate.context()).as("the same certificate again").isSameAs(before);
    }

    @Test
    void aNewPairThatHasEndedIsNotTaken() throws Exception {
        ServerCertificate certificate = open();
        var before = certificate.context();
        TestCertificate.make(folder, "old", "-startdate", "-10d", "-validity", "5")
                .copyTo(files.certificate(), files.key());
        certificate.reload();
        assertThat(certificate.context()).isSameAs(before);
        assertThat(certificate.troubles()).singleElement().asString().contains("ended on");
    }

    @Test
    void aNewPairWhoseTimeHasNotComeIsTakenWhenItComes() throws Exception {
        TestCertificate next = TestCertificate.make(folder, "next", "-startdate", "+1d", "-validity", "90");
        ServerCertificate certificate = open();
        var before = certificate.context();
        next.copyTo(files.certificate(), files.key());
        certificate.look();
        certificate.look();
        assertThat(certificate.troubles()).singleElement().asString().contains("is not valid before");
        Instant from = next.certificate().getNotBefore().toInstant();
        now = from.minusMillis(1);
        certificate.look();
        assertThat(certificate.context()).isSameAs(before);
        now = from;
        certificate.look();
        assertThat(told).containsExactly(certificate.context().context());
        assertThat(certificate.troubles()).isEmpty();
    }

    @Test
    void aNewPairThatAListenerCouldNotTakeIsTriedAgain() throws Exception {
        ServerCertificate certificate = ServerCertificate.open(files, () -> now);
        certificate.onChange(context -> {
            told.add(context.context());
            if (told.size() < 3) {
                throw new IllegalStateException("the port is busy");
            }
        });
        var before = certificate.context();
        second.copyTo(files.certificate(), files.key());
        certificate.reload();
        assertThat(certificate.context()).as("what no port shows is not in use").isSameAs(before);
        assertThat(certificate.troubles()).singleElement().asString().contains("the port is busy");
        certificate.look();
        certificate.look();
        assertThat(certificate.context().context()).isSameAs(told.get(2));
        assertThat(certificate.troubles()).isEmpty();
        certificate.look();
        assertThat(told).hasSize(3);
    }

    @Test
    void aReloadWhileTheServerStopsIsNoFault() throws Exception {
        Certificates all = Certificates.open(files, null, () -> now, new SimpleMeterRegistry());
        all.close();
        assertThatCode(all::reload).doesNotThrowAnyException();
    }

    @Test
    void fourteenDaysBeforeTheEndItIsATrouble() throws Exception {
        ServerCertificate certificate = open();
        Instant end = first.certificate().getNotAfter().toInstant();
        now = end.minus(Duration.ofDays(14));
        assertThat(certificate.troubles()).isEmpty();
        now = now.plusSeconds(1);
        assertThat(certificate.troubles()).singleElement().asString().contains("ends on " + end);
        now = end.plusSeconds(1);
        assertThat(certificate.troubles()).singleElement().asString().contains("ended on " + end);
    }
}
