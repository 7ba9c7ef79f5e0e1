package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.protocol.CommandType;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tavern.server.store.AuditEntry;

/**
 * What operators did, as a list: entry n stands at n - 1. Each is a line of words, the hash first, each word escaped as in
 * an address, so that no word holds a space.
 */
final class AuditLines {
    private static final int WORDS = 10;

    private final Calls calls;
    private final Keys keys;

    AuditLines(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<Boolean> append(AuditEntry entry) {
        Request request = Request.of(keys.audit())
                .add(entry.seq() - 1)
                .add(entry.previousHash())
                .add(line(entry));
        return calls.run(Script.AUDIT, request, reply -> reply.number(0) == 1);
    }

    CompletionStage<List<AuditEntry>> after(long afterSeq, int max) {
        Request request = Request.of(keys.audit()).add(afterSeq).add(afterSeq + max - 1);
        return calls.send(CommandType.LRANGE, request, reply -> {
            List<AuditEntry> entries = new ArrayList<>(reply.size());
            for (int i = 0; i < reply.size(); i++) {
                entries.add(entry(reply.text(i)));
            }
            return entries;
        });
    }

    CompletionStage<Optional<AuditEntry>> newest() {
        return calls.send(
                CommandType.LINDEX,
                Request.of(keys.audit()).add(-1),
                reply -> reply.isNull(0) ? Optional.empty() : Optional.of(entry(reply.text(0))));
    }

    private static String line(AuditEntry entry) {
        return Stream.of(
                        entry.hash(),
                        Long.toString(entry.seq()),
                        entry.previousHash(),
                        Long.toString(entry.atMillis()),
                        entry.operator(),
                        entry.address(),
                        entry.action(),
                        entry.target(),
                        entry.reason(),
                        entry.result())
                .map(word -> URLEncoder.encode(word, UTF_8))
                .collect(Collectors.joining(" "));
    }

    private static AuditEntry entry(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS) {
            throw new ForeignValueException("not an entry of the audit log");
        }
        for (int i = 0; i < words.length; i++) {
            words[i] = URLDecoder.decode(words[i], UTF_8);
        }
        return new AuditEntry(
                Decimal.parse(words[1]),
                words[2],
                Decimal.parse(words[3]),
                words[4],
                words[5],
                words[6],
                words[7],
                words[8],
                words[9],
                words[0]);
    }
}
