package tavern.server.store.redis;

import static tavern.server.store.Realm.NOW;

import java.io.IOException;
import java.util.UUID;
import tavern.server.services.RedisProcess;
import tavern.server.store.TransactionDraft;

/** A realm as a server of schema 1 leaves it, and what such a server does when it is still running. */
final class SchemaOneRealm {
    /** A committed trade between ann and bob. */
    static final UUID V7 = TransactionDraft.uuidOf(NOW, 7);

    /** A declined trade. */
    static final UUID V4 = UUID.fromString("5f0c1d5e-6f0a-4b3c-9d2e-0123456789ab");

    /** A trade that failed, because counts would have been too large. */
    static final UUID FAILED = UUID.fromString("7f0c1d5e-6f0a-4b3c-9d2e-0123456789ab");

    private static final String FENCE = "17";

    private SchemaOneRealm() {}

    /** Three trades, and grants with and without recorded contents. */
    static void write(RedisProcess redis, String name) throws IOException {
        String tag = tag(name);
        redis.ask("HSET", tag + "meta", "schema", "1", "player", "2", "item", "5");
        redis.ask("HSET", tag + "names", "ann", "1", "bob", "2");
        redis.ask("HSET", tag + "player:1", "name", "ann", "version", "4", "s:gold", "78", "i:5", "bow");
        redis.ask("HSET", tag + "player:2", "name", "bob", "version", "2", "s:gold", "30");
        redis.ask(
                "HSET",
                tag + "trades:1",
                V7.toString(),
                "1 0 ann bob " + NOW + " 2 hall 17 gold=30|#5",
                V4.toString(),
                "2 0 ann bob " + (NOW + 1) + " 2 hall 17 gold=1|",
                FAILED.toString(),
                "5 501 ann bob " + (NOW + 1) + " 2 hall 17 gold=1|");
        redis.ask("SADD", tag + "grants", "starter:1", "starter:2", "gift", "starter:older");
        redis.ask("HSET", tag + "granted", "gift", (NOW + 2) + " 1 gold=7");
        redis.ask("SET", tag + "fence:room:hall", FENCE);
        ledger(redis, tag, "grant:starter:1", "0", "1", "gold=100", "");
        ledger(redis, tag, "grant:starter:2", "0", "2", "#5:bow", "");
        ledger(redis, tag, "trade:1-" + V7, "2", "1", "#5", "gold=30");
        ledger(redis, tag, "grant:gift", "0", "1", "gold=7", "");
        ledger(redis, tag, "grant:starter:older", "0", "1", "gold=1", "");
    }

    private static void ledger(
            RedisProcess redis, String tag, String entry, String other, String account, String got, String gave)
            throws IOException {
        String[] fields = {
            "entry", entry, "account", account, "other", other, "gave", gave, "got", got, "at", Long.toString(NOW)
        };
        String[] command = new String[3 + fields.length];
        command[0] = "XADD";
        command[1] = tag + "ledger";
        command[2] = "*";
        System.arraycopy(fields, 0, command, 3, fields.length);
        redis.ask(command);
    }

    /** One gold of ann's for bob. */
    static String settle(RedisProcess redis, String name) throws IOException {
        String tag = tag(name);
        String[] keys = {
            tag + "fence:room:hall",
            tag + "trades:1",
            tag + "player:1",
            tag + "player:2",
            tag + "ledger",
            tag + "outbox",
            tag + "changes"
        };
        String[] values = {
            FENCE,
            UUID.randomUUID().toString(),
            "1",
            "0",
            NOW + " 2 hall 17 gold=1|",
            "1",
            "2",
            Long.toString(NOW),
            "gold=1",
            "",
            "",
            "",
            "",
            "",
            "1",
            "0",
            "s:gold",
            "1",
            "0"
        };
        return run(redis, "settle", keys, values);
    }

    /** One gold for ann. */
    static String grant(RedisProcess redis, String name) throws IOException {
        String tag = tag(name);
        String[] keys = {
            tag + "player:1", tag + "ledger", tag + "grants", tag + "meta", tag + "changes", tag + "granted"
        };
        String[] values = {
            "1", "more", Long.toString(NOW), "", "gold=1", "", "1 gold=1", "1", "0", "s:gold", "0", "1", "1000000"
        };
        return run(redis, "grant", keys, values);
    }

    /** A new player with five gold. */
    static String openPlayer(RedisProcess redis, String name) throws IOException {
        String tag = tag(name);
        String[] keys = {tag + "names", tag + "meta", tag + "ledger", tag + "grants"};
        String[] values = {"cleo", tag + "player:", Long.toString(NOW), "gold=5", "1", "s:gold", "5"};
        return run(redis, "open-player", keys, values);
    }

    private static String run(RedisProcess redis, String script, String[] keys, String[] values) throws IOException {
        String[] command = new String[3 + keys.length + values.length];
        command[0] = "EVAL";
        command[1] = Script.read("schema-1-common") + Script.read("schema-1-" + script);
        command[2] = Integer.toString(keys.length);
        System.arraycopy(keys, 0, command, 3, keys.length);
        System.arraycopy(values, 0, command, 3 + keys.length, values.length);
        return redis.ask(command);
    }

    private static String tag(String realm) {
        return "{" + realm + "}:";
    }
}
