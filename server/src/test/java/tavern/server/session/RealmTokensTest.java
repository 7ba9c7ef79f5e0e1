package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RealmTokensTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] KEY = "the realm's key".getBytes(StandardCharsets.US_ASCII);

    private final RealmTokens one = new RealmTokens("one", () -> KEY);
    private final RealmTokens other = new RealmTokens("other", () -> KEY);

    @Test
    void aTokenNamesItsServer() {
        for (String node : new String[] {"host-7777", "a".repeat(32)}) {
            assertThat(RealmTokens.node(new RealmTokens(node, () -> KEY).fresh(RANDOM)))
                    .contains(node);
        }
    }

    @Test
    void anythingElseNamesNone() {
        ByteString token = one.fresh(RANDOM);
        for (int end = 0; end < token.size(); end++) {
            assertThat(RealmTokens.node(token.substring(0, end))).isEmpty();
        }
        ByteString secret = token.substring(token.size() - 16);
        assertThat(RealmTokens.node(token.concat(secret))).isEmpty();
        assertThat(RealmTokens.node(secret)).as("of a server that is alone").isEmpty();
        for (String node : new String[] {"a b", "a".repeat(33)}) {
            assertThat(RealmTokens.node(new RealmTokens(node, () -> KEY).fresh(RANDOM)))
                    .isEmpty();
        }
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            byte[] guess = new byte[random.nextInt(60)];
            random.nextBytes(guess);
            RealmTokens.node(ByteString.copyFrom(guess))
                    .ifPresent(node -> assertThat(node).matches("[A-Za-z0-9_-]+"));
        }
    }

    @Test
    void everyServerOfTheRealmKnowsATokenOfAnyOther() {
        Set<ByteString> tokens = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            ByteString token = one.fresh(RANDOM);
            assertThat(other.isGenuine(token)).isTrue();
            assertThat(new RealmTokens("one", () -> KEY).isGenuine(token))
                    .as("after a crash")
                    .isTrue();
            assertThat(tokens.add(token)).isTrue();
        }
    }

    /** A token of one server with another one's name in it, too. */
    @Test
    void aTokenOfWhichAnyBitIsChangedIsNotGenuine() {
        byte[] token = one.fresh(RANDOM).toByteArray();
        for (int bit = 0; bit < 8 * token.length; bit++) {
            byte[] forged = token.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(one.isGenuine(ByteString.copyFrom(forged)))
                    .as("bit " + bit)
                    .isFalse();
        }
    }

    @Test
    void whatWasMadeWithAnotherKeyOrNoneIsNotGenuine() {
        assertThat(one.isGenuine(new RealmTokens("one", () -> new byte[16]).fresh(RANDOM)))
                .isFalse();
        byte[] unsealed = new byte[16];
        new Random(7).nextBytes(unsealed);
        ByteString ofAnEarlierServer = ByteString.copyFromUtf8("\u0003one").concat(ByteString.copyFrom(unsealed));
        assertThat(RealmTokens.node(ofAnEarlierServer))
                .as("it is asked all the same")
                .contains("one");
        assertThat(one.isGenuine(ofAnEarlierServer)).isFalse();
        assertThat(one.isGenuine(ByteString.EMPTY)).isFalse();
        assertThat(one.isGenuine(ByteString.copyFrom(unsealed))).isFalse();
    }
}
