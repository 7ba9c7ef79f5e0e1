package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RealmTokenTest {
    private static final ByteString SECRET = ByteString.copyFrom(new byte[RealmToken.SECRET_BYTES]);

    @Test
    void aTokenNamesItsServer() {
        assertThat(RealmToken.node(RealmToken.of("host-7777", SECRET))).contains("host-7777");
        assertThat(RealmToken.node(RealmToken.of("a".repeat(32), SECRET))).contains("a".repeat(32));
    }

    @Test
    void anythingElseNamesNone() {
        ByteString token = RealmToken.of("one", SECRET);
        for (int end = 0; end < token.size(); end++) {
            assertThat(RealmToken.node(token.substring(0, end))).isEmpty();
        }
        assertThat(RealmToken.node(token.concat(SECRET))).isEmpty();
        assertThat(RealmToken.node(SECRET)).as("of a server that is alone").isEmpty();
        assertThat(RealmToken.node(RealmToken.of("a b", SECRET))).isEmpty();
        assertThat(RealmToken.node(RealmToken.of("a".repeat(33), SECRET))).isEmpty();
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            byte[] guess = new byte[random.nextInt(60)];
            random.nextBytes(guess);
            RealmToken.node(ByteString.copyFrom(guess))
                    .ifPresent(node -> assertThat(node).matches("[A-Za-z0-9_-]+"));
        }
    }
}
