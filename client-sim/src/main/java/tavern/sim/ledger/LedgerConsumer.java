package tavern.sim.ledger;

import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.sim.audit.KnownTrade;

/**
 * Drains the ledger queue into a {@link FeedLedger}, on its own connection and thread. It acknowledges what it has
 * recorded, which removes the messages from the queue. It reconnects until it is closed; unacknowledged messages are
 * then delivered again.
 */
public final class LedgerConsumer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LedgerConsumer.class);

    /** Waits this long after the last expected trade, because forgeries may arrive late. */
    private static final int SETTLE_MILLIS = 1_000;

    private static final int QUIET_MILLIS = 10_000;
    private static final int DRAIN_MILLIS = 60_000;
    private static final int RETRY_MILLIS = 500;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int HEARTBEAT_SECONDS = 5;

    private final ConnectionFactory factory;
    private final FeedLedger ledger;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private LedgerConsumer(ConnectionFactory factory, FeedLedger ledger, Subscription first) {
        this.factory = factory;
        this.ledger = ledger;
        thread = new Thread(() -> run(first), "ledger");
        thread.setDaemon(true);
    }

    /**
     * Connects and starts consuming.
     *
     * @param uri {@code amqp://user:password@host:port/vhost}, {@code amqps://} for TLS
     * @throws IOException when the queue cannot be read; the message is one line that says why and never has the
     *     password
     */
    public static LedgerConsumer open(String uri) throws IOException {
        ConnectionFactory factory = factory(uri);
        FeedLedger ledger = new FeedLedger();
        try {
            LedgerConsumer consumer = new LedgerConsumer(factory, ledger, Subscription.open(factory, ledger));
            consumer.thread.start();
            return consumer;
        } catch (IOException | TimeoutException e) {
            throw new IOException(
                    "cannot read " + Subscription.QUEUE + " at " + factory.getHost() + ":" + factory.getPort() + ": "
                            + Refusals.reason(e),
                    e);
        }
    }

    /** Checks a URI without connecting. Throws IOException when it is not an AMQP URI. */
    public static void check(String uri) throws IOException {
        factory(uri);
    }

    private static ConnectionFactory factory(String uri) throws IOException {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(uri);
            if (factory.isSSL()) {
                // The library's default for amqps trusts every certificate.
                factory.useSslProtocol(SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (URISyntaxException | GeneralSecurityException | RuntimeException e) {
            // The library's messages may quote the URI, including the password.
            throw new IOException("not a URI like amqp://user:password@host:port/vhost", e);
        }
        // Automatic recovery would hide which deliveries belong to a new connection.
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(TIMEOUT_MILLIS);
        factory.setHandshakeTimeout(TIMEOUT_MILLIS);
        factory.setChannelRpcTimeout(TIMEOUT_MILLIS);
        factory.setShutdownTimeout(TIMEOUT_MILLIS);
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        factory.setThreadFactory(task -> {
            Thread daemon = new Thread(task, "ledger-amqp");
            daemon.setDaemon(true);
            return daemon;
        });
        return factory;
    }

    private void run(Subscription first) {
        Subscription current = first;
        try {
            while (true) {
                try (Subscription subscription = current) {
                    if (subscription.awaitEnd(closing)) {
                        return;
                    }
                }
                current = reopen();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Subscription reopen() throws InterruptedException {
        while (!closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
            try {
                return Subscription.open(factory, ledger);
            } catch (IOException | TimeoutException e) {
                log.debug("the ledger queue cannot be read yet: {}", Refusals.reason(e));
            }
        }
        return Subscription.ended();
    }

    /**
     * Waits for these trades, for at most a minute and no longer than ten seconds after the last new message, then
     * closes this consumer.
     *
     * @return all messages that were received
     */
    public FeedLedger drain(Set<KnownTrade.Key> expected) throws InterruptedException {
        ledger.awaitDrained(expected, SETTLE_MILLIS, QUIET_MILLIS, DRAIN_MILLIS);
        close();
        return ledger;
    }

    /**
     * Closes the connection and waits for that. Messages that were delivered but not yet recorded return to the queue.
     */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(2L * TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
