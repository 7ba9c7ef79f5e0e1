package tavern.server;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import tavern.server.cluster.Node;
import tavern.server.config.TavernConfig;
import tavern.server.guard.OpenDescriptors;
import tavern.server.net.NetMetrics;
import tavern.server.net.OutboundBudget;
import tavern.server.net.TcpServer;
import tavern.server.session.AuthThrottle;
import tavern.server.session.Authenticator;
import tavern.server.session.HandshakeStage;
import tavern.server.session.Logins;
import tavern.server.time.Clocks;
import tavern.server.tls.Certificates;

/**
 * The players' way in.
 *
 * @param self this server as the realm's other servers know it
 */
record NetLayer(
        Certificates certificates, OutboundBudget outbound, TcpServer tcp, OpenDescriptors descriptors, Node self) {
    /**
     * Blocks until the server accepts connections.
     *
     * @throws IOException when the address cannot be bound, or a key or certificate cannot be used
     * @throws GeneralSecurityException when a key does not fit
     */
    static NetLayer start(Parts parts, TavernConfig config, PlayLayer play, Clocks clocks, MeterRegistry metrics)
            throws IOException, GeneralSecurityException {
        OutboundBudget outbound = MemoryBudgets.outbound(config);
        Certificates certificates =
                parts.opened(Certificates.open(config.net().tls(), config.ops().tls(), clocks.wall(), metrics));
        Logins logins = new Logins(
                play.sessions(),
                play.players(),
                Authenticator.of(config.auth(), clocks.wall()),
                new AuthThrottle(config.auth(), play.uncounted(), clocks.monotonic()),
                new AuthThrottle(config.auth(), play.uncounted(), clocks.monotonic()),
                clocks.wall(),
                WelcomeForAll.of(config));
        TcpServer tcp = parts.opened(TcpServer.start(
                config.net(),
                certificates.players(),
                play.loops(),
                connection -> new HandshakeStage(
                        logins, connection, config.net().limits().helloSeconds()),
                clocks.monotonic(),
                outbound,
                new NetMetrics(metrics)));
        OpenDescriptors descriptors = new OpenDescriptors(tcp::connections, clocks.monotonic());
        return new NetLayer(certificates, outbound, tcp, descriptors, OwnAddress.node(config, tcp.address()));
    }
}
