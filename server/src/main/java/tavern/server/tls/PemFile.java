package tavern.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEM: blocks of Base64 with a label. Text between the blocks is for human readers. */
final class PemFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** A PKCS #8 key names its own algorithm, but Java requires it as an argument. */
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");

    private PemFile() {}

    static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /** All certificates, in their order; a failure's message contains the cure. */
    static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        for (byte[] block : blocks(text, "CERTIFICATE")) {
            try {
                chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
            } catch (CertificateException e) {
                throw new CertificateException("holds a CERTIFICATE that cannot be read; copy the file again", e);
            }
        }
        if (chain.isEmpty()) {
            throw new CertificateException("must be a PEM file with a CERTIFICATE");
        }
        return chain;
    }

    /** The first private key; a failure's message contains the cure. */
    static PrivateKey privateKey(String text) throws GeneralSecurityException {
        List<byte[]> keys = blocks(text, "PRIVATE KEY");
        if (keys.isEmpty()) {
            throw new InvalidKeyException(
                    text.contains("ENCRYPTED")
                            ? "is encrypted, and nobody can type its password when the server starts;"
                                    + " decrypt it: openssl pkcs8 -in OLD -out NEW"
                            : text.contains("PRIVATE KEY-----")
                                    ? "is not in PKCS #8; convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW"
                                    : "must be a PEM file with a PRIVATE KEY");
        }
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(keys.get(0)));
            } catch (InvalidKeySpecException e) {
                // The key has another algorithm, or is no key at all.
                continue;
            }
        }
        throw new InvalidKeyException("holds a PRIVATE KEY that cannot be read; it must be an RSA, EC or Ed25519 key");
    }

    private static List<byte[]> blocks(String text, String label) throws GeneralSecurityException {
        List<byte[]> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(label)) {
                try {
                    blocks.add(Base64.getMimeDecoder().decode(matcher.group(2)));
                } catch (IllegalArgumentException e) {
                    throw new GeneralSecurityException(
                            "holds a " + label + " that is not Base64; copy the file again", e);
                }
            }
        }
        return blocks;
    }
}
