using System.Globalization;
using System.Text;

namespace Rollcall.Load.Pages;

/// <summary>A line of a chart.</summary>
/// <param name="Name">For the legend; empty where there is one line, which the title names.</param>
/// <param name="Points">From left to right; a value that is null breaks the line.</param>
internal sealed record Line(string Name, IReadOnlyList<(double X, double? Y)> Points);

/// <summary>A stretch of the horizontal axis with a name.</summary>
internal sealed record Band(double From, double To, string Name);

/// <summary>Lines over an axis, as a figure of a page.</summary>
/// <param name="Title">What is drawn, with its unit.</param>
/// <param name="Lines">At most <see cref="Style.Lines"/> that look different.</param>
/// <param name="Y">Up.</param>
/// <param name="YText">A mark on it.</param>
/// <param name="X">To the right.</param>
/// <param name="XText">A mark on it.</param>
internal sealed record LineChart(string Title, IReadOnlyList<Line> Lines, Axis Y, Func<double, string> YText, Axis X, Func<double, string> XText)
{
    // In units of the drawing, which are about pixels: wider, and letters would be too small on a telephone.
    private const int Width = 460;
    private const int Left = 66;
    private const int Top = 18;
    private const int PlotHeight = 170;
    private const int Bottom = 24;
    private const int Right = 22;
    private const int PlotWidth = Width - Left - Right;
    private const int DotsUpTo = 24;
    private const double LetterWidth = 6.5;

    /// <summary>Parts of the run.</summary>
    public IReadOnlyList<Band> Bands { get; init; } = [];

    /// <summary>A value worth a line across, such as a target; null: none.</summary>
    public double? Mark { get; init; }

    /// <summary>Values on the horizontal axis that get a mark; null: those of the axis.</summary>
    public IReadOnlyList<double>? XTicks { get; init; }

    /// <summary>Draws it.</summary>
    public string ToFigure()
    {
        var svg = new StringBuilder();
        svg.Append($"<figure><h3>{Html.Escape(Title)}</h3>{Legend()}");
        svg.Append($"<svg viewBox=\"0 0 {Width} {Top + PlotHeight + Bottom}\" role=\"img\" aria-label=\"{Html.Escape(Description())}\">");
        AppendBands(svg);
        AppendAxes(svg);
        if (Mark is { } mark)
        {
            svg.Append($"<line class=\"mark\" x1=\"{Left}\" x2=\"{Left + PlotWidth}\" y1=\"{PlaceY(mark)}\" y2=\"{PlaceY(mark)}\"/>");
        }

        for (int i = 0; i < Lines.Count; i++)
        {
            AppendLine(svg, Lines[i], i % Style.Lines);
        }

        return svg.Append("</svg></figure>").ToString();
    }

    // Who cannot see the picture gets its ends.
    private string Description() =>
        $"{Title}. "
        + string.Join(
            " ",
            Lines.Select(line =>
            {
                double[] values = [.. line.Points.Select(point => point.Y).OfType<double>()];
                string name = line.Name.Length > 0 ? line.Name + ": " : "";
                return values.Length == 0 ? $"{name}nothing." : $"{name}{YText(values.Min())} to {YText(values.Max())}, last {YText(values[^1])}.";
            })
        );

    private string Legend()
    {
        if (Lines.Count == 1 && Lines[0].Name.Length == 0)
        {
            return "";
        }

        IEnumerable<string> items = Lines.Select(
            (line, i) =>
                $"<li><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><line class=\"line s{i % Style.Lines}\" x1=\"0\" x2=\"28\" y1=\"5\" y2=\"5\"/></svg>{Html.Escape(line.Name)}</li>"
        );
        return $"<ul class=\"legend\">{string.Concat(items)}</ul>";
    }

    private void AppendBands(StringBuilder svg)
    {
        foreach ((int i, Band band) in Bands.Index())
        {
            double from = Left + (PlotWidth * Math.Clamp(X.Place(band.From), 0, 1));
            double to = Left + (PlotWidth * Math.Clamp(X.Place(band.To), 0, 1));
            if (i % 2 == 0)
            {
                svg.Append($"<rect class=\"band\" x=\"{Text(from)}\" width=\"{Text(to - from)}\" y=\"{Top}\" height=\"{PlotHeight}\"/>");
            }

            // A name that does not fit its stretch is left out; the table of phases has it.
            if (band.Name.Length * LetterWidth < to - from)
            {
                svg.Append($"<text x=\"{Text((from + to) / 2)}\" y=\"{Top - 5}\" text-anchor=\"middle\">{Html.Escape(band.Name)}</text>");
            }
        }
    }

    private void AppendAxes(StringBuilder svg)
    {
        foreach (double tick in Y.Ticks)
        {
            string y = PlaceY(tick);
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + PlotWidth}\" y1=\"{y}\" y2=\"{y}\"/>");
            svg.Append($"<text x=\"{Left - 8}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">{Html.Escape(YText(tick))}</text>");
        }

        foreach (double tick in XTicks ?? X.Ticks)
        {
            svg.Append($"<text x=\"{PlaceX(tick)}\" y=\"{Top + PlotHeight + 18}\" text-anchor=\"middle\">{Html.Escape(XText(tick))}</text>");
        }
    }

    private void AppendLine(StringBuilder svg, Line line, int look)
    {
        var path = new StringBuilder();
        bool isOn = false;
        foreach ((double x, double? y) in line.Points)
        {
            path.Append(y is { } value ? $"{(isOn ? 'L' : 'M')}{PlaceX(x)} {PlaceY(value)}" : "");
            isOn = y is not null;
        }

        svg.Append($"<path class=\"line s{look}\" d=\"{path}\"/>");
        if (line.Points.Count <= DotsUpTo)
        {
            foreach ((double x, double? y) in line.Points)
            {
                svg.Append(y is { } value ? $"<circle class=\"d{look}\" r=\"2.6\" cx=\"{PlaceX(x)}\" cy=\"{PlaceY(value)}\"/>" : "");
            }
        }
    }

    private string PlaceX(double value) => Text(Left + (PlotWidth * X.Place(value)));

    private string PlaceY(double value) => Text(Top + (PlotHeight * (1 - Math.Clamp(Y.Place(value), 0, 1))));

    private static string Text(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
