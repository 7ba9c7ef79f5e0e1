package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;
import tavern.server.services.FairTime;
import tavern.server.services.TcpProxy;

/** P-104 to P-106: a session goes on at another server, with all that it has. */
@Timeout(180)
final class HandoverIT {
    /** What a slow machine may take, and less than a session without a connection is kept. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final int ATTEMPTS_MAX = 5;

    /** Servers wait for each other for two seconds. */
    private static final long LOST_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(HandoverIT.class);

    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators(
            "limits.idle-seconds=120", "limits.rates.whispers=1000", "limits.rates.joins=1000");

    private static InetSocketAddress address(Redirect redirect) {
        return new InetSocketAddress(redirect.getHost(), redirect.getPort());
    }

    private static Redirect redirected(RawClient client, String room) throws IOException {
        ServerMessage answer = client.answerTo(client.askJoin(room));
        assertThat(answer.hasRedirect()).as("%s", answer).isTrue();
        return answer.getRedirect();
    }

    @Test
    void aRedirectedPlayerGoesOnAtTheOtherServer() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient owner = other.client("owner", "hall");
                RawClient ann = one.client("ann")) {
            assertThat(owner.answerTo(owner.send(Say.whisper("ann", "before"))).hasWhisperDelivered())
                    .isTrue();
            ann.expect(ServerMessage::hasWhisper);
            Redirect redirect = redirected(ann, "hall");
            assertThat(redirect.getTicket().isEmpty()).isFalse();
            assertThat(address(redirect)).isEqualTo(other.address());
            // Nobody reads this on the old connection.
            assertThat(owner.answerTo(owner.send(Say.whisper("ann", "on the way")))
                            .hasWhisperDelivered())
                    .isTrue();
            try (RawClient there = ann.moved(other.address(), redirect.getTicket())) {
                assertThat(there.welcome().getResumed()).isTrue();
                assertThat(there.welcome().getSession()).isEqualTo(ann.welcome().getSession());
                assertThat(there.expect(ServerMessage::hasWhisper).getWhisper().getText())
                        .isEqualTo("on the way");
                there.expect(ServerMessage::hasReplayed);
                there.join("hall");
                assertThat(owner.answerTo(owner.send(Say.whisper("ann", "after")))
                                .hasWhisperDelivered())
                        .isTrue();
                assertThat(there.expect(ServerMessage::hasWhisper).getWhisper().getText())
                        .isEqualTo("after");
                await().atMost(SOON).until(() -> one.sessions() == 0 && other.sessions() == 2);
                assertThat(ann.closedWith()).isEqualTo(ErrorCode.OK);
            }
        }
    }

    /** A connection to this server on which the client has said its first Hello with this token. */
    private static RawClient arrived(TestServer server, RawClient before, ByteString token) throws IOException {
        return before.moved(server.address(), token);
    }

    @Test
    void aTicketIsGoodOnceForOneServerAndForAWhile() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                TestServer third = servers.start("third");
                RawClient owner = other.client("owner", "hall")) {
            try (RawClient ann = one.client("ann")) {
                Redirect redirect = redirected(ann, "hall");
                try (RawClient wrong = arrived(third, ann, redirect.getTicket())) {
                    assertThat(wrong.welcome().getResumed())
                            .as("at another server")
                            .isFalse();
                    wrong.send(Say.bye());
                }
            }
            try (RawClient ben = one.client("ben")) {
                Redirect redirect = redirected(ben, "hall");
                try (RawClient there = arrived(other, ben, redirect.getTicket())) {
                    assertThat(there.welcome().getResumed()).isTrue();
                    assertThat(there.answerTo(there.ping(1)).hasPong()).isTrue();
                    try (RawClient thief = there.successor(other.address())) {
                        thief.send(ClientMessage.newBuilder()
                                .setHello(Hello.newBuilder()
                                        .setProtocolVersion(Protocol.VERSION_MAX)
                                        .setResumeToken(redirect.getTicket())));
                        assertThat(thief.closedWith()).as("a second time").isEqualTo(ErrorCode.SESSION_REPLACED);
                    }
                    assertThat(there.answerTo(there.ping(2)).hasPong()).isTrue();
                }
            }
            try (RawClient cleo = one.client("cleo")) {
                byte[] forged = redirected(cleo, "hall").getTicket().toByteArray();
                forged[forged.length - 1] ^= 1;
                try (RawClient there = arrived(other, cleo, ByteString.copyFrom(forged))) {
                    assertThat(there.welcome().getResumed()).as("forged").isFalse();
                }
                assertThat(cleo.closedWith()).as("by that login").isEqualTo(ErrorCode.SESSION_REPLACED);
            }
            try (RawClient dora = one.client("dora")) {
                ByteString ticket = redirected(dora, "hall").getTicket();
                ByteString newer = redirected(dora, "hall").getTicket();
                assertThat(newer).isNotEqualTo(ticket);
                assertThat(dora.answerTo(dora.ping(1)).hasPong())
                        .as("nobody has used it")
                        .isTrue();
            }
        }
    }

    @Test
    void aLostConnectionIsResumedAtWhateverServer() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient bob = other.client("bob");
                RawClient ann = one.client("ann")) {
            ann.cut();
            assertThat(bob.answerTo(bob.send(Say.whisper("ann", "hello"))).hasWhisperDelivered())
                    .isTrue();
            RawClient last = ann;
            for (int i = 0; i < 6; i++) {
                TestServer next = i % 2 == 0 ? other : one;
                RawClient there = last.resumed(next.address());
                assertThat(there.welcome().getResumed()).as("hop " + i).isTrue();
                assertThat(there.welcome().getLastClientSeq()).isEqualTo(last.seq());
                if (i == 0) {
                    assertThat(there.expect(ServerMessage::hasWhisper)
                                    .getWhisper()
                                    .getText())
                            .isEqualTo("hello");
                }
                there.expect(ServerMessage::hasReplayed);
                if (i % 3 == 0) {
                    there.cut();
                }
                last.close();
                last = there;
            }
            last.close();
        }
    }

    @Test
    void whoIsInARoomLeavesItUnlessTheClientCanGoThere() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient watcher = one.client("watcher", "hall")) {
            RawClient ann = one.client("ann", "hall");
            watcher.expect(ServerMessage::hasPlayerJoined);
            ann.cut();
            try (RawClient sent = ann.successor(other.address())) {
                int hello = sent.send(
                        ClientMessage.newBuilder().setHello(ann.helloAgain().setFollows(true)));
                Redirect back = sent.answerTo(hello).getRedirect();
                assertThat(address(back)).isEqualTo(one.address());
                try (RawClient again = ann.moved(one.address(), back.getTicket())) {
                    assertThat(again.welcome().getResumed()).isTrue();
                    again.expect(ServerMessage::hasReplayed);
                    again.chat("still here");
                    assertThat(watcher.expect(ServerMessage::hasChat).getChat().getText())
                            .isEqualTo("still here");
                    again.cut();
                    try (RawClient there = again.resumed(other.address())) {
                        assertThat(there.welcome().getResumed()).isTrue();
                        assertThat(there.expect(ServerMessage::hasLeft)
                                        .getLeft()
                                        .getRoom())
                                .isEqualTo("hall");
                        there.expect(ServerMessage::hasReplayed);
                        watcher.expect(ServerMessage::hasPlayerLeft);
                        assertThat(redirected(there, "hall").getTicket().isEmpty())
                                .isFalse();
                    }
                }
            }
        }
    }

    @Test
    void aWelcomeThatIsLostOnTheWayIsSaidAgainByEitherServer() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient owner = other.client("owner", "hall");
                RawClient ann = one.client("ann")) {
            ByteString ticket = redirected(ann, "hall").getTicket();
            RawClient lost = ann.successor(other.address());
            int hello = lost.send(
                    ClientMessage.newBuilder().setHello(ann.helloAgain().setResumeToken(ticket)));
            await().atMost(SOON).until(() -> other.sessions() == 2);
            lost.cut();
            // Nobody knows whether the other server has it: the same Hello, where the session was.
            RawClient back = ann.resumed(one.address());
            assertThat(back.welcome().getResumed()).isTrue();
            assertThat(back.welcome().getLastClientSeq()).isEqualTo(hello - 1);
            back.expect(ServerMessage::hasReplayed);
            await().atMost(SOON).until(() -> one.sessions() == 1 && other.sessions() == 1);
            back.close();
        }
    }

    @Test
    void aSessionIsFoundByWayOfAServerFromWhichItHasGoneOn() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                TestServer third = servers.start("third");
                RawClient ann = one.client("ann")) {
            ann.cut();
            for (TestServer next : List.of(other, third)) {
                // Its Welcome is lost, so the client knows no other token.
                try (RawClient lost = ann.successor(next.address())) {
                    lost.send(ClientMessage.newBuilder().setHello(ann.helloAgain()));
                    await().atMost(SOON).until(() -> next.sessions() == 1);
                }
            }
            await().atMost(SOON).until(() -> one.sessions() == 0 && other.sessions() == 0);
            try (RawClient back = ann.resumed(other.address())) {
                assertThat(back.welcome().getResumed()).isTrue();
                assertThat(back.welcome().getSession()).isEqualTo(ann.welcome().getSession());
            }
        }
    }

    /** While others are asked, a player can come to a server and go on from it. */
    @Test
    void aPlayerIsFoundByWayOfTheServerFromWhichTheyHaveGoneOn() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient bob = one.client("bob");
                RawClient ann = one.client("ann");
                RawClient there = ann.resumed(other.address())) {
            await().atMost(SOON).until(() -> one.sessions() == 1);
            String id = Long.toString(there.welcome().getPlayerId());
            assertThat(servers.redis().ask("HDEL", servers.key("presence"), id)).isEqualTo("1");
            assertThat(bob.answerTo(bob.send(Say.whisper("ann", "psst"))).hasWhisperDelivered())
                    .isTrue();
            assertThat(there.expect(ServerMessage::hasWhisper).getWhisper().getText())
                    .isEqualTo("psst");
            OpsClient operator = OpsClient.of(one.opsAddress(), servers.folder(), "admin");
            assertThat(operator.post("/api/v1/players/ann/kick", "{\"reason\": \"test\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(there.closedWith()).isEqualTo(ErrorCode.KICKED);
        }
    }

    @Test
    void whoCannotGoOnExactlyKeepsTheConnection() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient ann = one.client("ann");
                RawClient late = ann.successor(other.address())) {
            assertThat(late.errorTo(late.send(
                            ClientMessage.newBuilder().setHello(ann.helloAgain().setLastSessionSeq(7)))))
                    .isEqualTo(ErrorCode.BUSY);
            assertThat(ann.answerTo(ann.ping(1)).hasPong()).isTrue();
            late.seq(ann.seq() - 1);
            assertThat(late.errorTo(late.send(ClientMessage.newBuilder().setHello(ann.helloAgain()))))
                    .as("late on the way")
                    .isEqualTo(ErrorCode.SESSION_REPLACED);
            assertThat(ann.answerTo(ann.ping(2)).hasPong()).isTrue();
        }
    }

    @Test
    void aServerThatDoesNotAnswerCostsTheSession() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start("one", "store.redis.uri=redis://127.0.0.1:" + proxy.port());
                TestServer other = servers.start("other");
                RawClient ann = one.client("ann")) {
            proxy.refuse();
            ann.cut();
            try (RawClient there = ann.resumed(other.address())) {
                assertThat(there.welcome().getResumed()).isFalse();
                proxy.resume();
                await().atMost(Duration.ofSeconds(30)).until(() -> one.sessions() == 0);
                assertThat(there.answerTo(there.ping(1)).hasPong()).isTrue();
            }
        }
    }

    @Test
    void aSessionThatNobodyTakesGoesOnWhereItWas() throws Exception {
        try (TestServer one = servers.start("one");
                RawClient ann = one.client("ann")) {
            askedByGhost(ann);
            assertResumes(ann, one);
            assertThat(servers.redis().ask("EXISTS", servers.key("handover:nobody")))
                    .isEqualTo("0");
        }
    }

    @Test
    void aSessionThatTheStoreForgotOnTheWayGoesOnWhereItWas() throws Exception {
        try (TestServer one = servers.start("one");
                RawClient ann = one.client("ann")) {
            askedByGhost(ann);
            String left = servers.key("handover:nobody");
            await().atMost(SOON).until(() -> servers.redis().ask("DEL", left).equals("1"));
            assertResumes(ann, one);
        }
    }

    /** What the other server is told to take arrives only when it has given up. */
    @Test
    void aSessionThatIsTakenTooLateGoesOn() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start("one");
                TestServer other = servers.start(
                        "other",
                        "store.redis.uri=redis://127.0.0.1:" + proxy.port(),
                        "store.redis.command-timeout-millis=1500");
                RawClient owner = other.client("owner", "hall");
                RawClient ann = one.client("ann");
                RawClient bob = one.client("bob")) {
            for (boolean hasTicket : new boolean[] {true, false}) {
                RawClient client = hasTicket ? ann : bob;
                ByteString token = hasTicket
                        ? redirected(client, "hall").getTicket()
                        : client.welcome().getResumeToken();
                Hello.Builder hello = client.helloAgain().setResumeToken(token);
                try (RawClient there = client.successor(other.address())) {
                    // Of all calls the one that takes a session is the first with such a key.
                    proxy.freezeBefore(":taken:");
                    assertThat(there.errorTo(
                                    there.send(ClientMessage.newBuilder().setHello(hello))))
                            .isEqualTo(ErrorCode.UNAVAILABLE);
                    assertThat(proxy.isFrozen()).isTrue();
                    proxy.resume();
                    // Once the first server has taken it back.
                    there.hello(hello);
                    assertThat(there.welcome().getResumed())
                            .as("with a ticket: %s", hasTicket)
                            .isTrue();
                    assertThat(there.welcome().getSession())
                            .isEqualTo(client.welcome().getSession());
                }
            }
            assertThat(owner.answerTo(owner.ping(1)).hasPong()).isTrue();
        }
    }

    /** The store has done what it was told, and the other server does not hear of it. */
    @Test
    void aSessionWhoseTakeOverIsAnsweredByNobodyGoesOn() throws Exception {
        String onlyInTheSession = "unheard of";
        try (TcpProxy proxy = TcpProxy.to(servers.redis().port());
                TestServer one = servers.start("one");
                TestServer other = servers.start("other", "store.redis.uri=redis://127.0.0.1:" + proxy.port());
                RawClient owner = other.client("owner", "hall");
                RawClient bob = one.client("bob");
                RawClient ann = one.client("ann")) {
            ByteString ticket = redirected(ann, "hall").getTicket();
            ann.cut();
            assertThat(bob.answerTo(bob.send(Say.whisper("ann", onlyInTheSession)))
                            .hasWhisperDelivered())
                    .isTrue();
            ClientMessage.Builder hello =
                    ClientMessage.newBuilder().setHello(ann.helloAgain().setResumeToken(ticket));
            ClientMessage.Builder ofOneWhoLostTheTicket =
                    ClientMessage.newBuilder().setHello(ann.helloAgain());
            proxy.cutBefore(onlyInTheSession);
            try (RawClient there = ann.successor(other.address());
                    RawClient impatient = ann.successor(other.address())) {
                int said = there.send(hello);
                await().atMost(SOON).until(() -> !proxy.isToCut());
                proxy.freeze(); // so that it is in doubt for long enough
                assertThat(impatient.errorTo(impatient.send(hello))).isEqualTo(ErrorCode.BUSY);
                // Until the lost connection was noticed, the first server is asked.
                await().atMost(SOON)
                        .until(() -> impatient.errorTo(impatient.send(ofOneWhoLostTheTicket)) == ErrorCode.BUSY);
                proxy.resume();
                ServerMessage answer = there.answerTo(said);
                assertThat(answer.getWelcome().getResumed()).as("%s", answer).isTrue();
                assertThat(answer.getWelcome().getSession())
                        .isEqualTo(ann.welcome().getSession());
                assertThat(there.expect(ServerMessage::hasWhisper).getWhisper().getText())
                        .isEqualTo(onlyInTheSession);
                there.expect(ServerMessage::hasReplayed);
                await().atMost(SOON).until(() -> one.sessions() == 1 && other.sessions() == 2);
                assertThat(owner.answerTo(owner.ping(1)).hasPong()).isTrue();
                await().atMost(SOON)
                        .until(() -> servers.redis()
                                .ask("KEYS", servers.key("taken:*"))
                                .isBlank());
            }
        }
    }

    @Test
    void aTicketFromBeforeAResumeCostsNothing() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other");
                RawClient owner = other.client("owner", "hall");
                RawClient ann = one.client("ann")) {
            ByteString ticket = redirected(ann, "hall").getTicket();
            int late = ann.seq() + 1;
            try (RawClient lost = ann.successor(one.address())) {
                lost.seq(late);
                lost.hello(ann.helloAgain());
                assertThat(lost.welcome().getResumed()).isTrue();
                // As if the Welcome was still on its way when the other server reads what was sent to it before.
                for (int seq : new int[] {late, late + 10}) {
                    askedBy("other", ticket, seq);
                    assertThat(left()).contains("went on elsewhere");
                }
                lost.cut();
            }
            try (RawClient again = ann.successor(one.address())) {
                again.seq(late + 1);
                again.hello(ann.helloAgain());
                assertThat(again.welcome().getResumed()).isTrue();
                assertThat(again.welcome().getSession()).isEqualTo(ann.welcome().getSession());
            }
            assertThat(owner.answerTo(owner.ping(1)).hasPong()).isTrue();
        }
    }

    @Test
    void aKickDuringAHandOverEndsTheSessionThatStays() throws Exception {
        try (TestServer one = servers.start("one");
                RawClient ann = one.client("ann")) {
            OpsClient operator = OpsClient.of(one.opsAddress(), servers.folder(), "admin");
            askedByGhost(ann);
            assertThat(operator.post("/api/v1/players/ann/kick", "{\"reason\": \"test\"}")
                            .status())
                    .as("the operator may not wait that long")
                    .isIn(200, 504);
            // Much earlier than a session that nobody resumes.
            await().atMost(SOON).until(() -> one.sessions() == 0);
        }
    }

    /** A server that never takes what it asks for asks for the session. */
    private void askedByGhost(RawClient client) throws Exception {
        servers.redis().ask("SET", servers.key("node:ghost"), "leased", "PX", "60000");
        askedBy("ghost", client.welcome().getResumeToken(), client.seq() + 1);
        assertThat(client.closedWith()).isEqualTo(ErrorCode.OK);
    }

    /** What the server is asked is no question of that server, which ignores the answer. */
    private static void askedBy(String node, ByteString token, int seq) throws Exception {
        String word = Base64.getUrlEncoder().encodeToString(token.toByteArray()).replace("=", "%3D");
        String question = "ask 1000000 " + node + " handover nobody " + node + " " + word + " " + seq + " 0 false 3";
        servers.redis().ask("PUBLISH", servers.key("messages:one"), question);
    }

    /** Waits for the answer that was left for nobody, and takes it away. */
    private static String left() throws Exception {
        String key = servers.key("handover:nobody");
        await().atMost(SOON).until(() -> servers.redis().ask("EXISTS", key).equals("1"));
        return servers.redis().ask("GETDEL", key);
    }

    private static void assertResumes(RawClient client, TestServer server) {
        await().atMost(SOON).until(() -> {
            try (RawClient again = client.successor(server.address())) {
                int hello = again.send(ClientMessage.newBuilder().setHello(client.helloAgain()));
                ServerMessage answer = again.answerTo(hello);
                assertThat(answer.hasWelcome() || answer.getError().getCode() == ErrorCode.BUSY)
                        .as("%s", answer)
                        .isTrue();
                return answer.getWelcome().getResumed();
            }
        });
    }

    @Test
    void aFullServerFetchesNoSessions() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other", "limits.sessions-max=1");
                RawClient owner = other.client("owner");
                RawClient ann = one.client("ann");
                RawClient late = ann.successor(other.address())) {
            assertThat(owner.answerTo(owner.ping(1)).hasPong()).isTrue();
            assertThat(late.errorTo(late.send(ClientMessage.newBuilder().setHello(ann.helloAgain()))))
                    .isEqualTo(ErrorCode.BUSY);
            assertThat(ann.answerTo(ann.ping(1)).hasPong())
                    .as("the session stays")
                    .isTrue();
        }
    }

    @Test
    void honestResumesAreNoGuesses() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start(
                        "other",
                        "auth.failures-max=1",
                        "auth.failures-per-address-max=1",
                        "limits.uncounted-addresses=[]");
                RawClient ann = one.client("ann");
                RawClient bob = one.client("bob")) {
            // A server that is no more.
            byte[] token = ann.welcome().getResumeToken().toByteArray();
            String text = new String(token, StandardCharsets.ISO_8859_1).replace("one", "on2");
            try (RawClient lost = other.client("cat")) {
                lost.cut();
                try (RawClient again =
                        lost.moved(other.address(), ByteString.copyFrom(text, StandardCharsets.ISO_8859_1))) {
                    assertThat(again.welcome().getResumed()).isFalse();
                }
            }
            ann.cut();
            try (RawClient there = ann.resumed(other.address())) {
                assertThat(there.welcome().getResumed()).isTrue();
            }
            // A token that no server has made is a guess; then nobody's session is replaced.
            token[token.length - 1] ^= 1;
            ByteString forged = ByteString.copyFrom(token);
            try (RawClient guess = bob.successor(other.address())) {
                int hello = guess.send(ClientMessage.newBuilder()
                        .setHello(bob.helloAgain().setToken("guesser").setResumeToken(forged)));
                guess.answerTo(hello);
            }
            try (RawClient throttled = bob.successor(other.address())) {
                assertThat(throttled.errorTo(throttled.send(ClientMessage.newBuilder()
                                .setHello(bob.helloAgain().setResumeToken(forged)))))
                        .isEqualTo(ErrorCode.BUSY);
            }
            assertThat(bob.answerTo(bob.ping(1)).hasPong()).isTrue();
            try (RawClient there = bob.resumed(other.address())) {
                assertThat(there.welcome().getResumed())
                        .as("guesses of others behind the same address")
                        .isTrue();
            }
        }
    }

    @Test
    @Timeout(600)
    void whispersAndGrantsFollowThroughManyMoves() throws Exception {
        long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other")) {
            Moved moved;
            for (int attempt = 1; ; attempt++) {
                long lostBefore = lostNanos();
                try {
                    moved = moveAbout("ann" + attempt, one, other, seed);
                    break;
                } catch (IOException | AssertionError e) {
                    long lost = lostNanos() - lostBefore;
                    if (attempt == ATTEMPTS_MAX || lost < LOST_NANOS_MAX) {
                        throw e;
                    }
                    log.info("again, as the machine did not let the servers run for {} ns: {}", lost, e.toString());
                }
            }
            moved.check("seed " + seed);
        }
    }

    /** How long this process, in which both servers are, did not run. */
    private static long lostNanos() {
        return System.nanoTime() - FairTime.nanos();
    }

    /** What a player has heard who moved between the servers, and what those who talk were told. */
    private record Moved(RawClient ann, List<String> heard, Chatter chatter) {
        void check(String when) throws IOException {
            assertThat(heard).as(when).isEqualTo(chatter.delivered());
            if (!ann.isInventoryWhole()) {
                ann.readInventory();
            }
            assertThat(ann.inventory().getStacksList().stream()
                            .filter(stack -> stack.getKind().equals("gold"))
                            .findFirst()
                            .orElseThrow()
                            .getCount())
                    .isEqualTo(1_000 + chatter.granted());
            ann.close();
        }
    }

    /** Moves about while others whisper and an operator grants; each move is a resume, and nobody is refused. */
    private static Moved moveAbout(String player, TestServer one, TestServer other, long seed)
            throws IOException, InterruptedException {
        int moves = Integer.getInteger("tavern.it.handovers", 200);
        Random random = new Random(seed);
        List<TestServer> both = List.of(one, other);
        Chatter chatter = new Chatter(player, one, other);
        Thread talking = new Thread(chatter, "chatter");
        RawClient ann = one.client(player);
        List<String> heard = new ArrayList<>();
        talking.start();
        int at = 0;
        try {
            for (int i = 0; i < moves; i++) {
                boolean isCut = random.nextBoolean();
                if (isCut) {
                    ann.cut();
                } else if (random.nextInt(3) == 0) {
                    ann.send(Say.whisper("nobody", "counts as received"));
                }
                int to = random.nextInt(4) == 0 ? at : 1 - at;
                RawClient next = ann.resumed(both.get(to).address());
                assertThat(next.welcome().getResumed())
                        .as("move %d from %d to %d, seed %d", i, at, to, seed)
                        .isTrue();
                hear(ann, heard, false);
                next.expect(ServerMessage::hasReplayed);
                hear(next, heard, true);
                if (random.nextInt(3) == 0) {
                    next.answerTo(next.ping(i));
                    hear(next, heard, true);
                }
                ann.close();
                ann = next;
                at = to;
            }
        } finally {
            chatter.stop();
            talking.join();
        }
        String last = "the end";
        chatter.whisper(last);
        assertThat(chatter.failures()).as("seed " + seed).isEmpty();
        ServerMessage end = ann.expect(message -> message.getWhisper().getText().equals(last));
        assertThat(end.getSessionSeq()).isPositive();
        hear(ann, heard, true);
        return new Moved(ann, heard, chatter);
    }

    /** What was passed over is all that was heard; on the old connection nobody has read to the end. */
    private static void hear(RawClient client, List<String> heard, boolean counts) {
        for (ServerMessage message : client.skipped()) {
            if (counts && message.hasWhisper()) {
                heard.add(message.getWhisper().getText());
            }
        }
    }

    /** Whispers to a player without an end, from both servers in turns, and grants her gold now and then. */
    private static final class Chatter implements Runnable {
        private final String player;
        private final List<RawClient> clients;
        private final OpsClient operator;
        private final List<String> delivered = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();
        private int granted;
        private volatile boolean stopped;

        Chatter(String player, TestServer one, TestServer other) throws IOException {
            this.player = player;
            clients = List.of(one.client("bob-of-" + player), other.client("cat-of-" + player));
            operator = OpsClient.of(one.opsAddress(), servers.folder(), "admin");
        }

        void stop() {
            stopped = true;
        }

        List<String> delivered() {
            return delivered;
        }

        List<String> failures() {
            return failures;
        }

        int granted() {
            return granted;
        }

        void whisper(String text) throws IOException {
            RawClient from = clients.get(delivered.size() % 2);
            ServerMessage answer = from.answerTo(from.send(Say.whisper(player, text)));
            if (!answer.hasWhisperDelivered()) {
                failures.add(text + ": " + answer.getError());
            }
        }

        @Override
        public void run() {
            try {
                for (int i = 0; !stopped; i++) {
                    String text = "whisper " + i;
                    int before = failures.size();
                    whisper(text);
                    if (failures.size() == before) {
                        delivered.add(text);
                    }
                    if (i % 20 == 19) {
                        String key = player + i;
                        String body = "{\"reason\": \"test\", \"key\": \"" + key + "\", \"stacks\": {\"gold\": 1}}";
                        OpsClient.Answer answer = operator.post("/api/v1/players/" + player + "/grant", body);
                        if (answer.status() == 200) {
                            granted++;
                        } else {
                            failures.add("grant: " + answer);
                        }
                    }
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }
}
