package tavern.bench.fanout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;

/**
 * The aim for a figure and the value that it reached.
 *
 * @param atMost whether the aim is an upper bound; otherwise it is a lower bound
 * @param unjudged why it is not judged whether the aim is met; empty if it is
 */
record Goal(String what, double reached, double aim, boolean atMost, String unjudged) {
    static Goal atMost(String what, double reached, double aim) {
        return new Goal(what, reached, aim, true, "");
    }

    static Goal atLeast(String what, double reached, double aim) {
        return new Goal(what, reached, aim, false, "");
    }

    /** @param why the reason not to judge it; empty to judge it */
    Goal unjudged(String why) {
        return new Goal(what, reached, aim, atMost, why);
    }

    private String verdict() {
        if (!unjudged.isEmpty()) {
            return "not judged: " + unjudged;
        }
        return isMet() ? "met" : "missed";
    }

    boolean isMet() {
        return atMost ? reached <= aim : reached >= aim;
    }

    static void print(PrintWriter out, List<Goal> goals) {
        List<Goal> known = known(goals);
        if (known.isEmpty()) {
            return;
        }
        Lines.print(out, "");
        Lines.print(out, "%-58s %10s %17s", "aims", "reached", "aim");
        for (Goal goal : known) {
            String aim = (goal.atMost ? "at most " : "at least ") + goal.aim;
            Lines.print(out, "%-58s %10.2f %17s  %s", goal.what, goal.reached, aim, goal.verdict());
        }
    }

    static JsonArray json(List<Goal> goals) {
        JsonArray all = new JsonArray();
        for (Goal goal : known(goals)) {
            JsonObject json = new JsonObject();
            json.addProperty("what", goal.what);
            json.addProperty("reached", Stats.round(goal.reached, 1e3));
            json.addProperty(goal.atMost ? "atMost" : "atLeast", goal.aim);
            if (goal.unjudged.isEmpty()) {
                json.addProperty("met", goal.isMet());
            }
            all.add(json);
        }
        return all;
    }

    /** Leaves out goals whose figure was not measured. */
    private static List<Goal> known(List<Goal> goals) {
        return goals.stream().filter(goal -> Double.isFinite(goal.reached)).toList();
    }
}
