package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/** Checks whether a Redis server keeps what it acknowledges, and logs the result. */
final class ServerCheck {
    private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);
    private static final int OLDEST = 7;

    /** Assumed where Redis does not report how much memory it has. */
    private static final long MEMORY_BYTES_UNKNOWN = 1L << 30;

    private final String server;
    private final StoreSettings.Redis settings;
    private long memoryBytes = MEMORY_BYTES_UNKNOWN;

    /** @param server its name for operators, without a password */
    ServerCheck(String server, StoreSettings.Redis settings) {
        this.server = server;
        this.settings = settings;
    }

    boolean isCluster(RedisClusterCommands<String, String> redis) {
        return info(redis, "cluster", "cluster_enabled").equals("1");
    }

    /** @throws StoreOpenException when the server must not be used */
    void accept(RedisClusterCommands<String, String> redis) {
        String version = info(redis, "server", "redis_version");
        if (Integer.parseInt(version.replaceFirst("\\D.*", "0").replaceFirst("^$", "0")) < OLDEST) {
            throw new StoreOpenException("Redis at " + server + " is version " + version + "; use Redis " + OLDEST
                    + " or newer, or another server for store.redis.uri");
        }
        String master = info(redis, "replication", "master_host");
        if (!info(redis, "replication", "role").equals("master")) {
            throw new StoreOpenException("Redis at " + server + " is a read-only replica of " + master
                    + "; let store.redis.uri name the master");
        }
        checkDurability(redis, version);
        tellOfReplicas(redis);
        readMemory(redis);
    }

    /** How much memory the accepted server may use. */
    long memoryBytes() {
        return memoryBytes;
    }

    private void readMemory(RedisClusterCommands<String, String> redis) {
        for (String field : List.of("maxmemory", "total_system_memory")) {
            String bytes = info(redis, "memory", field);
            if (bytes.matches("[1-9]\\d{0,17}")) {
                memoryBytes = Long.parseLong(bytes);
                return;
            }
        }
    }

    private void checkDurability(RedisClusterCommands<String, String> redis, String version) {
        Map<String, String> config;
        try {
            config = redis.configGet("appendonly", "appendfsync", "maxmemory-policy", "maxmemory");
        } catch (RedisCommandExecutionException e) {
            boolean appendOnly = info(redis, "persistence", "aof_enabled").equals("1");
            refuseVolatile(appendOnly);
            log.warn(
                    "store: Redis {} at {} does not let this user ask for its settings (CONFIG GET): whether it keeps"
                            + " each trade it acknowledges is not known",
                    version,
                    server);
            return;
        }
        refuseEviction(config);
        refuseVolatile("yes".equals(config.get("appendonly")));
        log.info("store: Redis {} at {}: {}", version, server, promise(config));
    }

    /** Replicas are written to after the answer, so a fail-over loses something different from what a crash does. */
    private void tellOfReplicas(RedisClusterCommands<String, String> redis) {
        String text = info(redis, "replication", "connected_slaves");
        int replicas = text.isEmpty() ? 0 : Integer.parseInt(text);
        boolean cluster = isCluster(redis);
        int asked = settings.waitReplicas();
        if (asked > replicas) {
            log.warn(
                    "store: Redis at {} has {} replicas now, and store.redis.wait-replicas = {}: no server starts, and"
                            + " trades are refused, until there are as many",
                    server,
                    replicas,
                    asked);
        } else if (asked > 0) {
            log.info(
                    "store: trades and grants are acknowledged once {} of {} replicas have them in memory: a fail-over to one"
                            + " of those keeps them (store.redis.wait-replicas)",
                    asked,
                    replicas);
        } else if (replicas > 0 || cluster) {
            log.warn(
                    "store: Redis at {} {}: it replicates after it has answered, so a fail-over may lose the newest"
                            + " acknowledged trades; store.redis.wait-replicas = 1 lets trades wait for a replica",
                    server,
                    cluster
                            ? "is part of a Redis Cluster, with " + replicas + " replicas"
                            : "has " + replicas + " replicas");
        }
    }

    private void refuseEviction(Map<String, String> config) {
        String policy = config.getOrDefault("maxmemory-policy", "noeviction");
        if (!policy.equals("noeviction")) {
            throw new StoreOpenException("Redis at " + server + " forgets keys when its memory is full"
                    + " (maxmemory-policy " + policy + "); set maxmemory-policy noeviction there, or let"
                    + " store.redis.uri name another server");
        }
    }

    private void refuseVolatile(boolean appendOnly) {
        if (!appendOnly && !settings.allowVolatile()) {
            throw new StoreOpenException("Redis at " + server + " keeps no append-only file and would lose trades when"
                    + " it stops; set appendonly yes there (see config/redis.conf), or store.redis.allow-volatile ="
                    + " true to accept that");
        }
    }

    private static String promise(Map<String, String> config) {
        if (!"yes".equals(config.get("appendonly"))) {
            return "VOLATILE (appendonly no): all is lost when it stops";
        }
        return switch (config.getOrDefault("appendfsync", "")) {
            case "always" -> "its crash loses nothing that was acknowledged (appendfsync always)";
            case "everysec" -> "a crash may lose up to two seconds of acknowledged trades (appendfsync everysec)";
            default -> "a crash may lose acknowledged trades (appendfsync no)";
        };
    }

    /** Returns empty text when the server does not report the field. */
    private static String info(RedisClusterCommands<String, String> redis, String section, String field) {
        return redis.info(section)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1))
                .findFirst()
                .orElse("");
    }
}
