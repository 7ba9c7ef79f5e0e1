package tavern.sim.check;

import java.io.IOException;
import java.nio.file.Path;
import tavern.sim.audit.RedisAudit;
import tavern.sim.ledger.FeedLedger;
import tavern.sim.ledger.LedgerConsumer;

/**
 * Where a run has left what it is judged by.
 *
 * @param logs the folder with the bots' logs
 * @param redisUri the store, in which nobody trades any more
 * @param archive the folder of the ledger's sealed segments
 * @param amqpUri the broker, whose ledger queue is consumed
 */
public record RunCheck(Path logs, String redisUri, String realm, Path archive, String amqpUri) {
    private static final int OPENS_MAX = 8;

    /** Reads all of it and judges. Blocks until done. @throws IOException when something cannot be read */
    public Findings run() throws IOException, InterruptedException {
        return judge(readQueue());
    }

    /** Takes all messages from the queue, which is empty afterwards. */
    FeedLedger readQueue() throws IOException, InterruptedException {
        try (LedgerConsumer queue = open()) {
            return queue.drain(TradeCheck.committed(BotLogs.read(logs)));
        }
    }

    /** A broker that was killed a moment ago, or has a busy machine, may need several tries. */
    private LedgerConsumer open() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return LedgerConsumer.open(amqpUri);
            } catch (IOException e) {
                if (attempt == OPENS_MAX) {
                    throw e;
                }
            }
        }
    }

    Findings judge(FeedLedger queue) throws IOException {
        Findings findings = new Findings();
        BotLogs bots = BotLogs.read(logs);
        findings.count("lines in the logs", bots.lines());
        RealmEntries entries = RealmEntries.read(redisUri, realm, archive);
        new ChatCheck(bots, findings).run();
        new OwnerCheck(bots, entries, findings).run();
        new TradeCheck(bots, entries, findings).run(new RedisAudit(redisUri, realm), queue);
        return findings;
    }
}
