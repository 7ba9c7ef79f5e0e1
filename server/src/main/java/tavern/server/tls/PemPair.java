package tavern.server.tls;

import java.nio.file.Path;

/**
 * The files of a certificate and its key.
 *
 * @param section of the configuration whose {@code cert} and {@code key} they are, for messages
 * @param certificate the server's own first, then those that signed it
 * @param key in PKCS #8, not encrypted
 */
public record PemPair(String section, Path certificate, Path key) {}
