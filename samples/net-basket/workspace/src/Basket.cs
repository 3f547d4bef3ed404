namespace Shop;

/// <summary>What somebody is about to buy.</summary>
public sealed class Basket
{
    private readonly List<Line> lines = [];

    public void Add(string article, decimal price, int count = 1) => lines.Add(new Line(article, price, count));

    /// <summary>The sum of all lines.</summary>
    public decimal Total => lines.Sum(line => line.Price * line.Count);

    private sealed record Line(string Article, decimal Price, int Count);
}
