package tavern.server.it;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TransactionCommitted;

/** Everything that was ever in the ledger queue, compared with what the players were told. */
final class PublishedTrades {
    private final Map<String, TransactionCommitted> byId = new LinkedHashMap<>();
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Long> newestFences = new HashMap<>();
    private int messages;

    /** The messages in the order of their arrival. */
    void add(List<FeedQueue.Message> drained) {
        drained.forEach(this::add);
    }

    private void add(FeedQueue.Message message) {
        messages++;
        TransactionCommitted trade = message.trade();
        if (!trade.getMessageId().equals(message.messageId())) {
            findings.add("message_id " + message.messageId() + " is not that of its body: " + trade.getMessageId());
        }
        if (!message.routingKey().equals("trade." + trade.getRealm() + "." + trade.getRoom())) {
            findings.add(message.messageId() + " has the routing key " + message.routingKey());
        }
        if (!message.persistent()) {
            findings.add(message.messageId() + " is not persistent");
        }
        TransactionCommitted first = byId.putIfAbsent(message.messageId(), trade);
        if (first == null) {
            checkFence(trade);
        } else if (!first.equals(trade)) {
            findings.add(message.messageId() + " came again with other contents: " + first + " and " + trade);
        }
    }

    /** A room's trades arrive owner by owner: no trade of an earlier owner comes after one of a later owner. */
    private void checkFence(TransactionCommitted trade) {
        long newest = newestFences.merge(trade.getRoom(), trade.getFence(), Math::max);
        if (trade.getFence() < newest) {
            findings.add(trade.getMessageId() + " is of fence " + trade.getFence() + " after " + newest + " of room "
                    + trade.getRoom());
        }
    }

    int messages() {
        return messages;
    }

    int duplicates() {
        return messages - byId.size();
    }

    /** The number of fences under which trades of the room arrived. */
    long owners(String room) {
        return byId.values().stream()
                .filter(trade -> trade.getRoom().equals(room))
                .map(TransactionCommitted::getFence)
                .distinct()
                .count();
    }

    /** @param deals all that were ever tried, none in doubt @return what is wrong; empty when nothing is */
    List<String> audit(Collection<Deal> deals) {
        List<String> wrong = new ArrayList<>(findings);
        Map<String, TransactionCommitted> published = new HashMap<>();
        byId.values().forEach(trade -> published.put(key(trade), trade));
        Set<String> known = new HashSet<>();
        for (Deal deal : deals) {
            String key = deal.from() + " " + deal.id();
            known.add(key);
            String finding = compare(deal, published.get(key));
            if (finding != null) {
                wrong.add(finding);
            }
        }
        published.keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> wrong.add("published, but nobody tried it: " + key));
        return wrong;
    }

    private static @Nullable String compare(Deal deal, @Nullable TransactionCommitted published) {
        boolean committed = deal.outcome() == TradeOutcome.COMMITTED;
        if (published == null) {
            return committed ? "committed, but not published: " + deal : null;
        }
        if (!committed) {
            return "published, but not committed: " + deal;
        }
        boolean sameTerms = published.getPartner().getPlayer().equals(deal.to())
                && published.getProposer().getGave().equals(deal.give())
                && published.getPartner().getGave().equals(deal.want());
        return sameTerms ? null : "published with other terms: " + deal + " as " + published;
    }

    private static String key(TransactionCommitted trade) {
        String id = trade.getMessageId();
        // "<proposer id>-<UUID>"
        return trade.getProposer().getPlayer() + " " + UUID.fromString(id.substring(id.indexOf('-') + 1));
    }
}
