package tavern.server;

import java.util.concurrent.TimeUnit;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.Welcome;
import tavern.server.config.TavernConfig;
import tavern.server.net.NetSettings;
import tavern.server.session.SessionSettings;

/** The part of {@code Welcome} that is the same for every client. */
final class WelcomeForAll {
    private WelcomeForAll() {}

    static Welcome of(TavernConfig config) {
        return Welcome.newBuilder()
                .setTickHz(config.rooms().tickHz())
                .setResumeMs((int) TimeUnit.SECONDS.toMillis(config.sessions().resumeSeconds()))
                .setServerVersion(Version.current())
                .setLimits(limits(config))
                .build();
    }

    /** P-62: the limits that a client must keep to. Rates below one a second are reported as 1. */
    private static Limits limits(TavernConfig config) {
        NetSettings.Limits net = config.net().limits();
        SessionSettings.Rates rates = config.sessions().rates();
        return Limits.newBuilder()
                .setFrameBytesMax(net.frameBytesMax())
                .setIdleMs((int) TimeUnit.SECONDS.toMillis(net.idleSeconds()))
                .setFramesPerSecond(net.framesPerSecond())
                .setChatCharactersMax(config.game().chatCharactersMax())
                .setMovesPerSecond(perSecond(config.rooms().movesPerSecond()))
                .setChatsPerSecond(perSecond(rates.chats()))
                .setWhispersPerSecond(perSecond(rates.whispers()))
                .setTradesPerSecond(perSecond(rates.trades()))
                .setJoinsPerSecond(perSecond(rates.joins()))
                .setListsPerSecond(perSecond(rates.lists()))
                .setPingsPerSecond(perSecond(rates.pings()))
                .setCustomsPerSecond(perSecond(rates.customs()))
                .setRefusalsMax(config.sessions().refusalsMax())
                .setOpenOffersMax(config.game().openOffersMax())
                .setTradeEntriesMax(config.game().tradeEntriesMax())
                .setOfferMs((int) TimeUnit.SECONDS.toMillis(config.game().offerSeconds()))
                .build();
    }

    private static int perSecond(double rate) {
        return Math.max(1, (int) rate);
    }
}
