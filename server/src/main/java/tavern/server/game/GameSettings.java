package tavern.server.game;

import java.util.List;
import java.util.SortedMap;

/**
 * The settings of the built-in rules.
 *
 * @param maxSpeed in 1/16 of a unit per second
 * @param mapWidth in 1/16 of a unit
 * @param mapHeight in 1/16 of a unit
 * @param violationsMax violation score at which a player is expelled, or 0 for never; an impossible move adds 1, and
 *     each second subtracts 1
 * @param chatCharactersMax most Unicode code points in one line
 * @param filteredWords words replaced by asterisks in chat, ignoring case
 * @param offerSeconds how long a trade offer stays open
 * @param openOffersMax most open offers of one player
 * @param tradeEntriesMax most kinds and items together on one side of a trade
 * @param tradeIdDaysMax age at which a trade id is too old for a new offer: no more than outcomes are remembered
 * @param starterStacks counted goods that a new player receives
 * @param starterItems kinds of the unique items that a new player receives
 */
public record GameSettings(
        int maxSpeed,
        int mapWidth,
        int mapHeight,
        int violationsMax,
        int chatCharactersMax,
        List<String> filteredWords,
        int offerSeconds,
        int openOffersMax,
        int tradeEntriesMax,
        int tradeIdDaysMax,
        SortedMap<String, Long> starterStacks,
        List<String> starterItems) {}
