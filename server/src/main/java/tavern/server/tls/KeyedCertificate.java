package tavern.server.tls;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/** A certificate with its key, as they stood in their files at some moment. */
final class KeyedCertificate {
    private static final byte[] PROBE = "Does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);

    private final PemPair files;
    private final String contents;
    private final X509Certificate certificate;
    private final JdkSslContext context;

    private KeyedCertificate(PemPair files, String contents, X509Certificate certificate, JdkSslContext context) {
        this.files = files;
        this.contents = contents;
        this.certificate = certificate;
        this.context = context;
    }

    /** @throws RefusedCertificateException when they cannot be used for TLS; the validity period is not checked */
    static KeyedCertificate read(PemPair files) throws RefusedCertificateException {
        String certificateText = text(files, true);
        List<X509Certificate> chain = chain(files, certificateText);
        String keyText = text(files, false);
        PrivateKey key = key(files, keyText);
        try {
            if (belongsTo(key, chain.get(0).getPublicKey())) {
                return new KeyedCertificate(files, certificateText + keyText, chain.get(0), context(key, chain));
            }
            throw new RefusedCertificateException(
                    files,
                    false,
                    "is the key of another certificate than the first one in " + files.certificate()
                            + "; set the two that were made together");
        } catch (GeneralSecurityException | SSLException e) {
            throw new RefusedCertificateException(files, false, "cannot be used (" + e.getMessage() + ")", e);
        }
    }

    /** All problems with the files, except for validity periods. */
    static List<RefusedCertificateException> problems(PemPair files) {
        List<RefusedCertificateException> problems = new ArrayList<>();
        try {
            chain(files, text(files, true));
        } catch (RefusedCertificateException e) {
            problems.add(e);
        }
        try {
            key(files, text(files, false));
            if (problems.isEmpty()) {
                read(files);
            }
        } catch (RefusedCertificateException e) {
            problems.add(e);
        }
        return problems;
    }

    private static List<X509Certificate> chain(PemPair files, String text) throws RefusedCertificateException {
        try {
            return PemFile.certificates(text);
        } catch (GeneralSecurityException e) {
            throw new RefusedCertificateException(files, true, e.getMessage(), e);
        }
    }

    private static PrivateKey key(PemPair files, String text) throws RefusedCertificateException {
        try {
            return PemFile.privateKey(text);
        } catch (GeneralSecurityException e) {
            throw new RefusedCertificateException(files, false, e.getMessage(), e);
        }
    }

    private static String text(PemPair files, boolean certificate) throws RefusedCertificateException {
        try {
            return PemFile.read(certificate ? files.certificate() : files.key());
        } catch (IOException e) {
            throw new RefusedCertificateException(
                    files, certificate, "the file cannot be read; check that it exists and who may read it", e);
        }
    }

    private static JdkSslContext context(PrivateKey key, List<X509Certificate> chain) throws SSLException {
        return (JdkSslContext) SslContextBuilder.forServer(key, chain.toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    private static boolean belongsTo(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm = kind(key.getAlgorithm());
        if (!algorithm.equals(kind(publicKey.getAlgorithm()))) {
            return false;
        }
        if (key instanceof RSAKey one && publicKey instanceof RSAKey other) {
            return one.getModulus().equals(other.getModulus());
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    /** The algorithm by its signature's name; RSA keys can be compared directly. */
    private static String kind(String algorithm) {
        return switch (algorithm) {
            case "EC" -> "SHA256withECDSA";
            case "DSA" -> "SHA256withDSA";
            case "Ed25519", "Ed448" -> "EdDSA";
            default -> algorithm;
        };
    }

    /** @throws RefusedCertificateException when the certificate's validity has ended or not begun */
    void requireInForce(Instant now) throws RefusedCertificateException {
        Instant from = begin();
        if (now.isBefore(from)) {
            throw new RefusedCertificateException(
                    files,
                    true,
                    "this certificate is not valid before " + from + ", and this machine's date is " + now
                            + "; look at its clock, or get another certificate");
        }
        if (now.isAfter(end())) {
            throw new RefusedCertificateException(
                    files, true, "this certificate ended on " + end() + "; get a new one");
        }
    }

    Instant begin() {
        return certificate.getNotBefore().toInstant();
    }

    Instant end() {
        return certificate.getNotAfter().toInstant();
    }

    JdkSslContext context() {
        return context;
    }

    /** The contents of both files. */
    String contents() {
        return contents;
    }
}
