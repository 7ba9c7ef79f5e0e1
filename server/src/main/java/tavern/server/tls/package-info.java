/**
 * Certificates and their keys: read from PEM files, checked, and read again when the files change.
 *
 * <pre>
 *   net.tls.*, ops.tls.*  ──►  PemPair  ──►  ServerCertificate  ──►  TcpServer, OpsServer
 *                                                  ▲
 *                         Certificates: checks the files each second, and at SIGHUP
 * </pre>
 *
 * Does not know who uses the certificates.
 */
@NullMarked
package tavern.server.tls;

import org.jspecify.annotations.NullMarked;
