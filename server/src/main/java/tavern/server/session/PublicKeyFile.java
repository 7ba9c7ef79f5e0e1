package tavern.server.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A public key in a PEM file, as {@code openssl pkey -pubout} writes it. */
public final class PublicKeyFile {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    private static final int RSA_BITS_MIN = 2_048;

    private PublicKeyFile() {}

    /**
     * Reads the key.
     *
     * @param algorithm RS256 or EdDSA
     * @throws GeneralSecurityException when it is no public key of that algorithm; the message contains the cure
     */
    public static PublicKey read(Path file, JwtAlgorithm algorithm) throws IOException, GeneralSecurityException {
        Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new InvalidKeyException("must be a PEM file that begins with -----BEGIN PUBLIC KEY-----");
        }
        PublicKey key = decode(pem.group(1), algorithm);
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
            throw new InvalidKeyException("an RSA key must have at least " + RSA_BITS_MIN + " bits");
        }
        return key;
    }

    private static PublicKey decode(String base64, JwtAlgorithm algorithm) throws GeneralSecurityException {
        String type = algorithm == JwtAlgorithm.RS256 ? "RSA" : "Ed25519";
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new InvalidKeyException(algorithm + " needs a public key of type " + type + "; this is another", e);
        }
    }
}
