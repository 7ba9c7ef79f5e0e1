package tavern.sim.report;

import java.io.PrintWriter;
import java.util.Locale;
import tavern.sim.audit.AuditResult;
import tavern.sim.audit.FeedCounts;
import tavern.sim.measure.Percentiles;

/** Prints the result as text for a terminal. */
public final class Table {
    private Table() {}

    public static void print(Report report, PrintWriter out) {
        Report.Moves moves = report.moves();
        Report.Chat chat = report.chat();
        Report.Trades trades = report.trades();
        Report.Sessions sessions = report.sessions();
        line(out, "");
        line(
                out,
                "%,d of %,d bots in %,d rooms for %.1f s (seed %d, run %s)",
                report.connected(),
                report.bots(),
                report.rooms(),
                report.durationSeconds(),
                report.seed(),
                report.run());
        line(out, "");
        line(out, "latency in ms      p50       p90       p99     p99.9       max");
        latency(out, "move", moves.latencyMs());
        latency(out, "chat", chat.latencyMs());
        latency(out, "trade", trades.latencyMs());
        line(out, "");
        line(
                out,
                "moves     %,d sent, %,d of %,d updates seen; %,d coalesced, %,d rejected, %,d lost, %,d reordered, %,d forged",
                moves.sent(),
                moves.seen(),
                moves.expected(),
                moves.coalesced(),
                moves.rejected(),
                moves.lost(),
                moves.reordered(),
                moves.forged());
        Report.Sight sight = report.sight();
        if (sight.checked() > 0) {
            line(
                    out,
                    "sight     %,d pairs checked; %,d near but not seen, %,d far but seen, %,d seen by one side only",
                    sight.checked(),
                    sight.missing(),
                    sight.ghosts(),
                    sight.oneSided());
        }
        line(
                out,
                "chat      %,d sent, %,d of %,d delivered; %,d lost, %,d duplicated, %,d reordered, %,d forged",
                chat.sent(),
                chat.delivered(),
                chat.expected(),
                chat.lost(),
                chat.duplicated(),
                chat.reordered(),
                chat.forged());
        line(
                out,
                "trades    %,d offered, %,d committed, %,d declined, %,d cancelled, %,d expired, %,d failed; %,d contradicted, %,d untold, %,d unsettled, %,d forged",
                trades.offered(),
                trades.committed(),
                trades.declined(),
                trades.cancelled(),
                trades.expired(),
                trades.failed(),
                trades.contradicted(),
                trades.untold(),
                trades.unsettled(),
                trades.forged());
        line(
                out,
                "sessions  %,d dropped on purpose, %,d resumed, %,d lost; %,d unplanned disconnects; %,d events missed, %,d repeated",
                sessions.dropped(),
                sessions.resumed(),
                sessions.lost(),
                report.disconnects(),
                sessions.eventsMissed(),
                sessions.eventsRepeated());
        line(
                out,
                "servers   %,d redirects, %,d rooms with a new owner; the longest silence was %,d ms",
                sessions.redirects(),
                sessions.takeOvers(),
                sessions.silenceMs());
        line(out, "refused   trades %s; other errors %s", trades.refused(), report.errors());
        audit(out, report.audit());
        report.faults().forEach(fault -> line(out, "fault     %s", fault));
        line(out, "");
        line(out, "%s", report.ok() ? "PASSED: nothing lost, duplicated, reordered or forged" : "FAILED");
        out.flush();
    }

    private static void audit(PrintWriter out, AuditResult audit) {
        line(
                out,
                "audit     goods %s: %s; %,d trades acknowledged, %,d in store, %,d lost, %,d duplicated",
                audit.conserved() ? "conserved" : "NOT CONSERVED",
                audit.goodsAfter(),
                audit.acknowledged(),
                audit.inStore(),
                audit.lost(),
                audit.duplicated());
        FeedCounts feed = audit.feed();
        Long published = audit.published();
        if (feed != null && published != null) {
            line(
                    out,
                    "feed      %,d trades published; %,d messages, %,d repeats, %,d out of order, %,d from strangers; %,d missing, %,d forged, %,d unreadable",
                    published,
                    feed.delivered(),
                    feed.repeated(),
                    feed.outOfOrder(),
                    feed.strangers(),
                    feed.missing(),
                    feed.forged(),
                    feed.unreadable());
        }
        audit.differences().forEach(difference -> line(out, "audit     %s", difference));
    }

    private static void latency(PrintWriter out, String what, Percentiles of) {
        line(out, "%-10s %9.2f %9.2f %9.2f %9.2f %9.2f", what, of.p50(), of.p90(), of.p99(), of.p999(), of.max());
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
