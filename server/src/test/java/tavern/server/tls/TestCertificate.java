package tavern.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for 127.0.0.1 that has signed itself, with its key, in PEM files. */
public record TestCertificate(X509Certificate certificate, Path certificateFile, Path keyFile) {
    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "server";

    /** @param options of keytool: {@code -validity 5}, {@code -startdate -10d}, {@code -keyalg RSA} */
    public static TestCertificate make(Path folder, String name, String... options)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path keys = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                ALIAS,
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storepass",
                PASSWORD,
                "-keystore",
                keys.toString()));
        command.addAll(List.of(options));
        if (!command.contains("-keyalg")) {
            command.addAll(List.of("-keyalg", "EC"));
        }
        Path output = folder.resolve(name + ".log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException(Files.readString(output));
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        X509Certificate certificate = (X509Certificate) store.getCertificate(ALIAS);
        byte[] key = store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
        return new TestCertificate(
                certificate,
                pem(folder.resolve(name + ".pem"), "CERTIFICATE", certificate.getEncoded()),
                pem(folder.resolve(name + ".key"), "PRIVATE KEY", key));
    }

    public static Path pem(Path file, String label, byte[] contents) throws IOException {
        String text = "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(contents) + "\n-----END " + label
                + "-----\n";
        return Files.writeString(file, text);
    }

    /** A copy under other names, to be replaced later. */
    public TestCertificate copyTo(Path certificateTo, Path keyTo) throws IOException {
        Files.copy(certificateFile, certificateTo, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(keyFile, keyTo, StandardCopyOption.REPLACE_EXISTING);
        return new TestCertificate(certificate, certificateTo, keyTo);
    }

    /** For clients that trust this certificate and no other one. */
    public SSLContext trusting() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
