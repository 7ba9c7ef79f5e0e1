package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreOpenException;

/** Whether a Redis server keeps what it acknowledges, and says so in the log. */
final class ServerCheck {
    private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);
    private static final int OLDEST = 7;

    private final String server;
    private final boolean allowVolatile;

    /** @param server as operators are told: without a password */
    ServerCheck(String server, boolean allowVolatile) {
        this.server = server;
        this.allowVolatile = allowVolatile;
    }

    boolean isCluster(RedisClusterCommands<String, String> redis) {
        return info(redis, "cluster", "cluster_enabled").equals("1");
    }

    /** @throws StoreOpenException when it must not be used */
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

    private void refuseEviction(Map<String, String> config) {
        String policy = config.getOrDefault("maxmemory-policy", "noeviction");
        if (!policy.equals("noeviction")) {
            throw new StoreOpenException("Redis at " + server + " forgets keys when its memory is full"
                    + " (maxmemory-policy " + policy + "); set maxmemory-policy noeviction there, or let"
                    + " store.redis.uri name another server");
        }
    }

    private void refuseVolatile(boolean appendOnly) {
        if (!appendOnly && !allowVolatile) {
            throw new StoreOpenException("Redis at " + server + " keeps no append-only file and would lose trades when"
                    + " it stops; set appendonly yes there (see config/redis.conf), or store.redis.allow-volatile ="
                    + " true if that may be");
        }
    }

    private static String promise(Map<String, String> config) {
        if (!"yes".equals(config.get("appendonly"))) {
            return "VOLATILE (appendonly no): all is lost when it stops";
        }
        return switch (config.getOrDefault("appendfsync", "")) {
            case "always" -> "nothing acknowledged is lost (appendfsync always)";
            case "everysec" -> "a crash may lose up to two seconds of acknowledged trades (appendfsync everysec)";
            default -> "a crash may lose acknowledged trades (appendfsync no)";
        };
    }

    /** Empty when it does not say. */
    private static String info(RedisClusterCommands<String, String> redis, String section, String field) {
        return redis.info(section)
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1))
                .findFirst()
                .orElse("");
    }
}
