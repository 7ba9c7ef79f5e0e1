package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BotJarTest {
    @TempDir
    Path folder;

    @Test
    void theOnlyBotsOfAJarPlayWhateverTheRoomsAreCalled() throws Exception {
        try (BotJar jar = BotJar.open(BotJars.counting(folder), "big-tables")) {
            assertThat(jar.players().game()).isEqualTo("counting");
        }
    }

    @Test
    void ofSeveralGamesTheNameDecides() throws Exception {
        Path file = BotJars.write(folder, CountingBots.class.getName(), CountingBots.Others.class.getName());
        try (BotJar jar = BotJar.open(file, "other")) {
            assertThat(jar.players()).isInstanceOf(CountingBots.Others.class);
        }
        assertThatThrownBy(() -> BotJar.open(file, "third"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("counting, other; none is called third");
    }

    @Test
    void aJarWithoutBotsIsRefusedWithTheCure() throws Exception {
        Path file = BotJars.write(folder);
        assertThatThrownBy(() -> BotJar.open(file, "counting"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("META-INF/services/tavern.client.bots.BotPlayers");
    }

    @Test
    void aJarWhoseBotsCannotBeLoadedIsRefusedWithTheReason() throws Exception {
        Path file = BotJars.write(folder, "no.such.Bots");
        assertThatThrownBy(() -> BotJar.open(file, "counting"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.such.Bots");
        Files.delete(file);
    }
}
