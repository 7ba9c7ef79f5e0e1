package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.embedded.EmbeddedStore;

class AuditLogTest {
    @TempDir
    Path folder;

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Loses the answer to the first append, and carries it out only when the second one comes. */
    private static final class Slow {
        private final AuditStore real;
        private @Nullable AuditEntry underWay;

        Slow(AuditStore real) {
            this.real = real;
        }

        AuditStore store() {
            return (AuditStore) Proxy.newProxyInstance(
                    AuditStore.class.getClassLoader(),
                    new Class<?>[] {AuditStore.class},
                    (proxy, method, arguments) -> method.getName().equals("appendAudit")
                            ? append((AuditEntry) arguments[0])
                            : method.invoke(real, arguments));
        }

        private CompletionStage<Boolean> append(AuditEntry entry) {
            AuditEntry earlier = underWay;
            if (earlier == null) {
                underWay = entry;
                return CompletableFuture.failedFuture(new StoreUnavailableException("no answer", 1));
            }
            return real.appendAudit(earlier).thenCompose(done -> real.appendAudit(entry));
        }
    }

    @Test
    void anEntryThatArrivesLateIsNotWrittenTwice() throws Exception {
        AuditEntry.Fact kick = new AuditEntry.Fact(1, "eve (admin)", "127.0.0.1", "kick", "ann", "spam", "kicked");
        AtomicInteger written = new AtomicInteger();
        try (EmbeddedStore real = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000))) {
            AuditLog audit = new AuditLog(new Slow(real).store(), written::incrementAndGet);
            assertThat(audit.append(kick, "none").toCompletableFuture()).failsWithin(10, TimeUnit.SECONDS);
            AuditEntry entry = answer(audit.append(kick, "none"));
            assertThat(answer(real.audit(0, 10))).containsExactly(entry);
            assertThat(written).hasValue(1);
        }
    }
}
