package tavern.server.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A pair of files cannot be used for TLS. The message names the setting, the file and the cure. */
public final class RefusedCertificateException extends IOException {
    private static final long serialVersionUID = 1;

    private final String key;
    private final String cure;

    RefusedCertificateException(PemPair files, boolean certificate, String cure) {
        this(files, certificate, cure, null);
    }

    /** @param certificate whether the certificate's file has to change, rather than the key's */
    RefusedCertificateException(PemPair files, boolean certificate, @Nullable String cure, @Nullable Throwable cause) {
        super(
                files.section() + (certificate ? ".cert = " + files.certificate() : ".key = " + files.key()) + ": "
                        + cure,
                cause);
        this.key = files.section() + (certificate ? ".cert" : ".key");
        this.cure = String.valueOf(cure);
    }

    /** The setting that has to change. */
    public String key() {
        return key;
    }

    /** The message without setting and file. */
    public String cure() {
        return cure;
    }
}
