package tavern.server.config;

import java.util.List;
import java.util.SortedMap;
import tavern.game.Names;
import tavern.protocol.Protocol;
import tavern.server.game.GameSettings;
import tavern.server.session.SessionSettings;
import tavern.server.store.Transaction;

/** The section {@code game}, and the {@code limits} that hold for players. */
final class PlaySection {
    private static final int UTF8_BYTES_MAX = 4;
    private static final String STARTER_ITEMS = "game.starter-kit.items";

    private PlaySection() {}

    static SessionSettings sessions(SettingReader settings, SharedLimits shared) {
        return new SessionSettings(
                settings.whole("limits.sessions-max", 1, 1_000_000),
                shared.resumeSeconds(),
                settings.whole("limits.replay-events-max", 0, 100_000),
                // The room's events have half of what may wait for one client.
                shared.outboundBytesMax() / 4,
                // A half-open connection is noticed only after a while, and its session starts to wait at that time.
                shared.resumeSeconds() + shared.idleSeconds(),
                settings.bytes("limits.replay-total-bytes"),
                settings.whole("limits.refusals-max", 1, 10_000),
                new SessionSettings.Rates(
                        rate(settings, "chats"),
                        rate(settings, "whispers"),
                        rate(settings, "trades"),
                        rate(settings, "joins"),
                        rate(settings, "lists"),
                        rate(settings, "pings"),
                        rate(settings, "customs")));
    }

    static double rate(SettingReader settings, String kind) {
        return settings.decimal("limits.rates." + kind, 0.01, 10_000);
    }

    static GameSettings game(SettingReader settings, SharedLimits shared) {
        SortedMap<String, Long> stacks = starterStacks(settings);
        List<String> items = starterItems(settings);
        if (stacks.size() + items.size() > Transaction.GOODS_MAX) {
            settings.problem(
                    STARTER_ITEMS,
                    "with game.starter-kit.stacks, the kit has " + (stacks.size() + items.size())
                            + " kinds and items, which must not be more than " + Transaction.GOODS_MAX);
        }
        return new GameSettings(
                steps(settings, "game.max-speed", 1_000),
                steps(settings, "game.map-width", 100_000),
                steps(settings, "game.map-height", 100_000),
                settings.whole("game.violations-max", 0, 1_000_000),
                chatCharactersMax(settings, shared),
                settings.texts("game.filtered-words"),
                settings.whole("game.offer-seconds", 1, 3_600),
                settings.whole("limits.open-offers-max", 1, 1_000),
                settings.whole("limits.trade-entries-max", 1, Transaction.GOODS_MAX / 2),
                // Whether an id that is older was used before is not known for certain.
                shared.outcomesKeptDays(),
                stacks,
                items);
    }

    /** The file has units, the protocol and the rules have steps. */
    private static int steps(SettingReader settings, String key, int unitsMax) {
        return (int) Math.round(settings.decimal(key, 1, unitsMax) * Protocol.STEPS_PER_UNIT);
    }

    private static int chatCharactersMax(SettingReader settings, SharedLimits shared) {
        String key = "limits.chat-characters-max";
        int charactersMax = settings.whole(key, 1, 4_000);
        // The rest of the frame is reserved for the envelope.
        int fitting = (shared.frameBytesMax() - 128) / UTF8_BYTES_MAX;
        if (charactersMax > fitting) {
            settings.problem(key, "must not be more than " + fitting + ", what limits.frame-bytes-max has room for");
        }
        return charactersMax;
    }

    private static SortedMap<String, Long> starterStacks(SettingReader settings) {
        SortedMap<String, Long> stacks = settings.counts(KnownKeys.STARTER_STACKS);
        for (String kind : stacks.keySet()) {
            if (!Names.isKind(kind)) {
                settings.problem(KnownKeys.STARTER_STACKS, kindCure(kind));
            }
        }
        return stacks;
    }

    private static List<String> starterItems(SettingReader settings) {
        List<String> items = settings.texts(STARTER_ITEMS);
        for (String kind : items) {
            if (!Names.isKind(kind)) {
                settings.problem(STARTER_ITEMS, kindCure(kind));
            }
        }
        return items;
    }

    private static String kindCure(String kind) {
        return "a kind is 1 to " + Names.KIND_CHARACTERS_MAX
                + " letters, digits, _ - or ., the first a letter or digit; this one is not: " + kind;
    }
}
