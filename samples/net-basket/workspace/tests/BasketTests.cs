using Xunit;

namespace Shop.Tests;

public sealed class BasketTests
{
    [Fact]
    public void An_empty_basket_costs_nothing() => Assert.Equal(0m, new Basket().Total);

    [Fact]
    public void Nine_of_one_article_cost_the_full_price() => Assert.Equal(9m, Total(1.00m, 9));

    [Fact]
    public void Ten_of_one_article_are_ten_percent_cheaper() => Assert.Equal(9m, Total(1.00m, 10));

    [Fact]
    public void The_discount_is_rounded_to_cents() => Assert.Equal(3.56m, Total(0.36m, 11));

    private static decimal Total(decimal price, int count)
    {
        var basket = new Basket();
        basket.Add("pencil", price, count);
        return basket.Total;
    }
}
