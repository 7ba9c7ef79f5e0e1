package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.NamedAccount;
import tavern.game.PlayerId;

final class CommittedLegsTest {
    @Test
    void legsAndAccountsAreOneLineAndAreReadFromIt() {
        String line = "12>@guild:7|gold=5,#17:bow;mint:shop>12|+18:key 12=6=ann|x:y@z.w,@guild:7=1";
        CommittedLegs committed = CommittedLegs.parse(line);
        assertThat(committed.legs().get(0).to()).isEqualTo(new NamedAccount("guild:7"));
        assertThat(committed.legs().get(1).made()).containsEntry(18L, "key");
        assertThat(committed.accounts())
                .containsExactly(
                        new CommittedLegs.After(new PlayerId(12), 6, "ann|x:y@z.w"),
                        new CommittedLegs.After(new NamedAccount("guild:7"), 1, ""));
        assertThat(committed).hasToString(line);
    }

    @Test
    void nothingIsALineToo() {
        assertThat(CommittedLegs.NONE).hasToString(" ");
        assertThat(CommittedLegs.parse(" ")).isEqualTo(CommittedLegs.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12>13|gold=5",
                "12>13|gold=5 12",
                "12>13|gold=5 12=6",
                "12>13|gold=5 12=0=ann",
                "12>13|gold=5 12=x=ann",
                "12>13|gold=5 12=6=ann=bob",
                "12>13|gold=5 @guild=6=ann",
                "12>13|gold=5 @=6",
                "12>13|gold=5 12=6=ann,,13=1=bob",
                "12>13| 12=6=ann"
            })
    void whatIsNotSuchALineIsRefused(String line) {
        assertThatThrownBy(() -> CommittedLegs.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
