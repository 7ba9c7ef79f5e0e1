package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.Browser;
import tavern.server.it.TestServer;

class BrowserStormIT {
    @TempDir
    Path folder;

    @Test
    void inABrowserNothingIsLostOrHeardTwiceWhereverTheConnectionBreaks() throws Exception {
        assumeThat(Browser.CHROMIUM).as("apt-get install chromium").isExecutable();
        StormSize storm = StormSize.ofTheBuild();
        try (TestServer server = TestServer.start(folder.resolve("data"), StormSize.server());
                StormPage page = new StormPage();
                Browser browser = Browser.open(folder.resolve("chromium"))) {
            browser.go(page.address(storm, server.address().getPort()));
            browser.until("window.stormReport !== undefined", storm.patience());
            storm.check(browser.see("window.stormReport"));
            assertThat(browser.problems()).isEmpty();
        }
    }
}
