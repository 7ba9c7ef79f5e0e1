package tavern.server.ops;

import io.netty.handler.ssl.JdkSslContext;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import tavern.server.tls.ServerCertificate;

/** How Jetty listens: on one address, with or without TLS, and with limits from the first byte. */
final class OpsConnector {
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int IDLE_MILLIS = 30_000;
    private static final int CONNECTIONS_MAX = 256;
    private static final int REQUEST_SECONDS_MAX = 10;
    private static final int ANSWER_SECONDS_MAX = 15;

    private final OpsSettings settings;
    private final SslContextFactory.@Nullable Server tls;

    /** @param certificate null for plain HTTP */
    OpsConnector(OpsSettings settings, @Nullable ServerCertificate certificate) {
        this.settings = settings;
        this.tls = certificate == null ? null : tls(certificate);
    }

    private static SslContextFactory.Server tls(ServerCertificate certificate) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(certificate.context().context());
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        certificate.onChange(context -> take(factory, context));
        return factory;
    }

    private static void take(SslContextFactory.Server factory, JdkSslContext context) {
        try {
            factory.reload(changed -> changed.setSslContext(context.context()));
        } catch (Exception e) {
            throw new IllegalStateException("the new certificate cannot be used for operators' connections", e);
        }
    }

    Connector connect(Server server, HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES_MAX);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        BoundedConnector connector = new BoundedConnector(
                server,
                CONNECTIONS_MAX,
                REQUEST_SECONDS_MAX,
                ANSWER_SECONDS_MAX,
                AbstractConnectionFactory.getFactories(tls, plain));
        http.addCustomizer(connector);
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }
}
