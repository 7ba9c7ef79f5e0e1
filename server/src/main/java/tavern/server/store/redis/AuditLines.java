package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tavern.server.store.AuditEntry;
import tavern.server.store.ForeignValueException;

/**
 * The audit log as a list: entry n has the index n - 1. Each entry is a line of words, beginning with the hash. Words
 * are URL-encoded, so that none contains a space.
 */
final class AuditLines {
    private static final int WORDS = 10;

    private final RedisExecutor calls;
    private final Keys keys;

    AuditLines(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<Boolean> append(AuditEntry entry) {
        ScriptArguments request = ScriptArguments.of(keys.audit())
                .add(entry.seq() - 1)
                .add(entry.previousHash())
                .add(line(entry));
        return calls.run(Script.AUDIT, request, reply -> reply.number(0) == 1);
    }

    CompletionStage<List<AuditEntry>> after(long afterSeq, int max) {
        ScriptArguments request = ScriptArguments.of(keys.audit()).add(afterSeq).add(afterSeq + max - 1);
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
                ScriptArguments.of(keys.audit()).add(-1),
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
                .map(EncodedWord::of)
                .collect(Collectors.joining(" "));
    }

    private static AuditEntry entry(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS) {
            throw new ForeignValueException("not an entry of the audit log");
        }
        for (int i = 0; i < words.length; i++) {
            words[i] = EncodedWord.decode(words[i]);
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
