package tavern.cli;

import picocli.CommandLine.Command;

/** Has the jars loaded again. */
@Command(
        name = "reload",
        description =
                "Loads the games' jars again; open rooms go on with what has changed. If anything is wrong, nothing"
                        + " changes.")
final class GamesReload extends ChangeCommand {
    @Override
    String role() {
        return "admin";
    }

    @Override
    String path() {
        return "/games/reload";
    }
}
