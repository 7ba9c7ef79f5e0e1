package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** Text that is meant to harm its readers. */
class ChatIT {
    private static final List<String> REFUSED = List.of(
            "",
            " \t ",
            "a\u0000b",
            "\u001b[31mred",
            "one\r\ntwo",
            "a\u2028b",
            "a\u0085b",
            "\u200b\u200d\u2060",
            "\u202e",
            "\u2800",
            "\u3164",
            "\u0301\u0302");

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.chats=50", "limits.rates.whispers=50");

    @Test
    void textThatIsNotUtf8EndsTheSession() throws Exception {
        for (String hex : List.of("ff", "c080", "eda080", "f4908080", "e282")) {
            RawClient mallory = tavern.client("mallory", Tavern.HALL);
            byte[] text = HexFormat.of().parseHex(hex);
            byte[] chat = Say.concat(HexFormat.of().parseHex("0a"), Say.varint(text.length), text);
            byte[] message = Say.concat(HexFormat.of().parseHex("080a22"), Say.varint(chat.length), chat);
            mallory.sendBytes(Say.frame(message));
            assertThat(mallory.closedWith()).as(hex).isEqualTo(ErrorCode.BAD_MESSAGE);
        }
        tavern.bystander().sees(seen -> seen.getPlayerLeft().getPlayer().equals("mallory"));
    }

    @Test
    void textThatHidesOrSteersIsRefused() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        for (String text : REFUSED) {
            assertThat(mallory.errorTo(mallory.chat(text))).as(text).isEqualTo(ErrorCode.BAD_TEXT);
            int whisper = mallory.send(Say.whisper("bystander", text));
            assertThat(mallory.errorTo(whisper)).as(text).isEqualTo(ErrorCode.BAD_TEXT);
        }
        assertThat(mallory.answerTo(mallory.ping(1)).hasPong()).isTrue();
    }

    @Test
    void whatIsInvisibleIsTakenOutAndTowersAreCut() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        assertThat(said(mallory, "a\u200bb\u202ec\u2066d\ufefff")).isEqualTo("abcdf");
        assertThat(said(mallory, "x" + "\u0316".repeat(150))).isEqualTo("x" + "\u0316".repeat(4));
        assertThat(said(mallory, "${jndi:ldap://127.0.0.1/a} %s {} <script>"))
                .isEqualTo("${jndi:ldap://127.0.0.1/a} %s {} <script>");
    }

    private static String said(RawClient client, String text) throws IOException {
        int seq = client.chat(text);
        return client.expect(message -> message.getChat().getClientSeq() == seq)
                .getChat()
                .getText();
    }

    @Test
    void aLineHasSoManyCharactersAndNoMore() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        String longest = "\ud83d\ude00".repeat(200);
        assertThat(said(anna, longest)).isEqualTo(longest);
        assertThat(anna.errorTo(anna.chat("x".repeat(201)))).isEqualTo(ErrorCode.BAD_TEXT);
        assertThat(anna.errorTo(anna.chat("x".repeat(10_000)))).isEqualTo(ErrorCode.BAD_TEXT);
    }

    @Test
    void aWhisperNeedsSomebodyToHearIt() throws Exception {
        RawClient anna = tavern.client("anna");
        assertThat(anna.errorTo(anna.send(Say.whisper("nobody", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);
        assertThat(anna.errorTo(anna.send(Say.whisper("../x", "psst")))).isEqualTo(ErrorCode.BAD_NAME);
        assertThat(anna.errorTo(anna.send(Say.whisper("", "psst")))).isEqualTo(ErrorCode.BAD_NAME);
        assertThat(anna.errorTo(anna.send(Say.whisper("x".repeat(10_000), "psst"))))
                .isEqualTo(ErrorCode.BAD_NAME);
    }

    @Test
    void whatOnePlayerClaimsToBeIsNotAsked() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        // The name of a player, in a field that the schema does not have.
        byte[] forged = HexFormat.of().parseHex("080a" + "220a" + "0a0268691204616e6e61");
        assertThat(ClientMessage.parseFrom(forged).getChat().getText()).isEqualTo("hi");
        mallory.sendBytes(Say.frame(forged));
        assertThat(tavern.bystander()
                        .sees(message -> message.getChat().getText().equals("hi"))
                        .getChat()
                        .getPlayer())
                .isEqualTo("mallory");
    }
}
