using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

public class ReplicationBatchTests
{
    [Fact]
    public void Every_action_is_read()
    {
        string instance = Samples.Everything.Trim()["{\"instance\":".Length..^1];
        IReadOnlyList<ReplicationItem> items = Read.Batch(
            $$"""
            {"replicationList":[
              {"appName":"DEMO","id":"i-123","lastDirtyTimestamp":1700000000005,"status":"UP",
                "instanceInfo":{{instance}},"action":"Register"},
              {"appName":"DEMO","id":"i","lastDirtyTimestamp":"5","overriddenStatus":"OUT_OF_SERVICE","status":"UP",
                "action":"Heartbeat"},
              {"appName":"DEMO","id":"i","action":"Cancel"},
              {"action":"StatusUpdate","appName":"DEMO","id":"i","lastDirtyTimestamp":5,"status":"OUT_OF_SERVICE"},
              {"appName":"DEMO","id":"i","lastDirtyTimestamp":null,"status":null,"action":"DeleteStatusOverride",
                "instanceInfo":null}
            ]}
            """
        );

        RegistrationAssert.Equal(Read.Json(Samples.Everything), items[0].Instance!);
        Assert.Equal(
            new("DEMO", "i-123", ReplicationAction.Register, 1700000000005, "UP", null, null, null),
            items[0] with
            {
                Instance = null,
            }
        );
        Assert.Equal(new("DEMO", "i", ReplicationAction.Heartbeat, 5, "UP", "OUT_OF_SERVICE", null, null), items[1]);
        Assert.Equal(new("DEMO", "i", ReplicationAction.Cancel, null, null, null, null, null), items[2]);
        Assert.Equal(new("DEMO", "i", ReplicationAction.StatusUpdate, 5, "OUT_OF_SERVICE", null, null, null), items[3]);
        Assert.Equal(new("DEMO", "i", ReplicationAction.DeleteStatusOverride, null, null, null, null, null), items[4]);
    }

    [Fact]
    public void An_empty_list_is_a_batch() => Assert.Empty(Read.Batch("""{"replicationList":[]}"""));

    [Fact]
    public void A_single_object_stands_for_a_list_of_one() =>
        Assert.Single(
            Read.Batch("""{"x":{"y":[]},"replicationList":{"appName":"A","id":"i","action":"Cancel","unknown":[{}]}}""")
        );

    [Theory]
    [InlineData("""{"appName":"A","id":"i","action":"Register"}""", "Missing instanceInfo")]
    [InlineData("""{"appName":"A","id":"i","action":"Register","instanceInfo":{}}""", "Missing instanceId")]
    [InlineData(
        """{"appName":"A","id":"i","action":"Register","instanceInfo":{"hostName":[{"a":[]}]}}""",
        "hostName is an array; expected a single value"
    )]
    [InlineData(
        """{"appName":"A","id":"i","action":"Register","instanceInfo":[{}]}""",
        "instanceInfo is an array; expected an object"
    )]
    [InlineData("""{"id":"i","action":"Cancel"}""", "Missing appName")]
    [InlineData("""{"appName":"A","id":null,"action":"Cancel"}""", "Missing id")]
    [InlineData("""{"appName":{},"id":"i","action":"Cancel"}""", "appName is an object; expected a single value")]
    [InlineData(
        """{"appName":"A","id":"i","lastDirtyTimestamp":1e99,"action":"Heartbeat"}""",
        "lastDirtyTimestamp of 1e99 is over 9223372036854775807"
    )]
    public void A_bad_item_spoils_only_itself(string bad, string problem)
    {
        IReadOnlyList<ReplicationItem> items = Read.Batch(
            $$"""{"replicationList":[{{bad}},{"appName":"A","id":"good","action":"Cancel"}]}"""
        );

        Assert.Equal(problem, items[0].Problem);
        Assert.Null(items[0].Instance);
        Assert.Equal(("good", null), (items[1].Id, items[1].Problem));
    }

    [Theory]
    [InlineData("""{}""", "Missing replicationList")]
    [InlineData("""[]""", "The body is an array; expected an object with the member 'replicationList'")]
    [InlineData("""{"replicationList":null}""", "replicationList is null; expected an array")]
    [InlineData("""{"replicationList":"x"}""", "replicationList is a text; expected an array")]
    [InlineData(
        """{"replicationList":[{"action":"Cancel","appName":"A","id":"i"},7,[]]}""",
        "replicationList[1] is a number; expected an object"
    )]
    [InlineData(
        """{"replicationList":[{"appName":"A","id":"i","action":"cancel"}]}""",
        "replicationList[0] has the action 'cancel'"
    )]
    [InlineData("""{"replicationList":[{"appName":"A","id":"i","action":"2"}]}""", "replicationList[0] has the action '2'")]
    [InlineData("""{"replicationList":[{"appName":"A","id":"i"}]}""", "replicationList[0] has no action")]
    public void A_list_that_is_not_understood_is_refused_whole(string body, string problem) =>
        Assert.StartsWith(problem, Read.BatchProblem(body), StringComparison.Ordinal);

    [Fact]
    public void Items_are_bounded()
    {
        string items = string.Join(',', Enumerable.Repeat("""{"appName":"A","id":"i","action":"Cancel"}""", 4));

        Assert.Equal(
            "replicationList has more than 3 items (EurekaLimits.BatchItemsMax); send several",
            Read.BatchProblem($$"""{"replicationList":[{{items}}]}""", new EurekaLimits { BatchItemsMax = 3 })
        );
    }
}
