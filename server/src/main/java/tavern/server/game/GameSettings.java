package tavern.server.game;

import java.util.List;
import java.util.SortedMap;

/**
 * Of the built-in rules.
 *
 * @param maxSpeed in 1/16 of a unit for each second
 * @param mapWidth in 1/16 of a unit
 * @param mapHeight in 1/16 of a unit
 * @param violationsMax violation score at which a player is expelled; 0: never. An impossible move adds 1, each
 *     second takes 1 away
 * @param chatCharactersMax Unicode code points in one line
 * @param filteredWords replaced by asterisks in chat, whatever their case
 * @param offerSeconds that a trade offer stays open
 * @param openOffersMax of one player at once
 * @param tradeEntriesMax kinds and items together, on one side of a trade
 * @param starterStacks counts that a new player gets
 * @param starterItems kinds of unique items that a new player gets
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
        SortedMap<String, Long> starterStacks,
        List<String> starterItems) {}
