package tavern.server.ops;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** How Jetty listens: one address, plain or with TLS, and limits from the first byte. */
final class OpsConnector {
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int IDLE_MILLIS = 30_000;

    private final OpsSettings settings;
    private final SslContextFactory.@Nullable Server tls;

    /** @throws IOException when the certificate or its key cannot be used */
    OpsConnector(OpsSettings settings) throws IOException {
        this.settings = settings;
        this.tls = settings.tls() == null ? null : tls(settings.tls());
    }

    /** Netty reads PEM files, which Jetty does not. */
    private static SslContextFactory.Server tls(OpsSettings.Tls files) throws IOException {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        JdkSslContext context = (JdkSslContext) SslContextBuilder.forServer(
                        files.certificate().toFile(), files.key().toFile())
                .sslProvider(SslProvider.JDK)
                .build();
        factory.setSslContext(context.context());
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        return factory;
    }

    Connector connect(Server server, HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES_MAX);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector =
                new ServerConnector(server, 1, 1, AbstractConnectionFactory.getFactories(tls, plain));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }
}
