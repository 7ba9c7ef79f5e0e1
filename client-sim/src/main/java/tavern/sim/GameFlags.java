package tavern.sim;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flags of a run in which a game's own bots play. */
final class GameFlags {
    @Option(
            names = "--game",
            paramLabel = "JAR",
            required = true,
            description = "Lets the bots in this jar of a game play, instead of bots that move, chat and trade.")
    Path jar = Path.of("");

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            required = true,
            description = "The type of the rooms, as the server's configuration names it.")
    String type = "";

    @Option(
            names = "--play",
            paramLabel = "NAME",
            description = "Which game's bots, if the jar has those of several; otherwise the one called TYPE.")
    String play = "";

    String game() {
        return play.isEmpty() ? type : play;
    }
}
