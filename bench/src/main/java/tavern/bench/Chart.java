package tavern.bench;

import java.util.List;
import java.util.Locale;

/** Curves over a logarithmic x axis, drawn as part of an SVG picture. */
public record Chart(String title, String xLabel, List<Curve> curves) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 300;
    private static final int LEFT = 60;
    private static final int RIGHT = 130;
    private static final int TOP = 40;
    private static final int BOTTOM = 45;
    private static final int LINES = 4;
    private static final List<String> COLORS = List.of("#c0392b", "#2c3e50", "#16a085", "#8e44ad");

    public record Point(double x, double y) {}

    public record Curve(String name, List<Point> points) {
        /** Drops the points that cannot be drawn. */
        public Curve {
            points = points.stream()
                    .filter(point -> point.x() > 0 && Double.isFinite(point.y()))
                    .toList();
        }
    }

    /** Draws all charts into one picture, one below the other. */
    public static String svg(List<Chart> charts) {
        StringBuilder out = new StringBuilder();
        out.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH, Math.max(1, charts.size()) * HEIGHT));
        for (int i = 0; i < charts.size(); i++) {
            out.append(format("<g transform=\"translate(0 %d)\">%n", i * HEIGHT));
            charts.get(i).draw(out);
            out.append(format("</g>%n"));
        }
        return out.append(format("</svg>%n")).toString();
    }

    private void draw(StringBuilder out) {
        double yMax = nice(all().stream().mapToDouble(Point::y).max().orElse(1));
        text(out, LEFT, 20, "start", "font-weight=\"bold\"", title);
        for (int i = 0; i <= LINES; i++) {
            double value = yMax * i / LINES;
            double y = y(value, yMax);
            out.append(format(
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
                    LEFT, y, WIDTH - RIGHT, y));
            text(out, LEFT - 6, y + 4, "end", "", number(value));
        }
        all().stream()
                .mapToDouble(Point::x)
                .distinct()
                .sorted()
                .forEach(value -> text(out, x(value), HEIGHT - BOTTOM + 18, "middle", "", number(value)));
        text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", "", xLabel);
        for (int i = 0; i < curves.size(); i++) {
            draw(out, curves.get(i), COLORS.get(i % COLORS.size()), yMax);
        }
    }

    private void draw(StringBuilder out, Curve curve, String color, double yMax) {
        if (curve.points().isEmpty()) {
            return;
        }
        StringBuilder line = new StringBuilder();
        curve.points().forEach(point -> line.append(format("%.1f,%.1f ", x(point.x()), y(point.y(), yMax))));
        out.append(format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                line.toString().strip(), color));
        for (Point point : curve.points()) {
            out.append(format(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %s at %s</title></circle>%n",
                    x(point.x()), y(point.y(), yMax), color, curve.name(), number(point.y()), number(point.x())));
        }
        Point last = curve.points().get(curve.points().size() - 1);
        text(out, x(last.x()) + 8, y(last.y(), yMax) + 4, "start", "fill=\"" + color + "\"", curve.name());
    }

    private List<Point> all() {
        return curves.stream().flatMap(curve -> curve.points().stream()).toList();
    }

    private double x(double value) {
        double least = Math.log(all().stream().mapToDouble(Point::x).min().orElse(1));
        double most = Math.log(all().stream().mapToDouble(Point::x).max().orElse(1));
        double share = most > least ? (Math.log(value) - least) / (most - least) : 0.5;
        return LEFT + share * (WIDTH - RIGHT - LEFT);
    }

    private static double y(double value, double yMax) {
        return HEIGHT - BOTTOM - value / yMax * (HEIGHT - BOTTOM - TOP);
    }

    /** Rounds up to the next round number. */
    private static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9))));
        for (double step : new double[] {1, 2, 4, 5, 8, 10}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return value;
    }

    private static String number(double value) {
        return value >= 100 ? format("%,.0f", value) : format("%.3f", value).replaceAll("\\.?0+$", "");
    }

    private static void text(StringBuilder out, double x, double y, String anchor, String more, String text) {
        out.append(format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
                x, y, anchor, more, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values).replace("\r\n", "\n");
    }
}
