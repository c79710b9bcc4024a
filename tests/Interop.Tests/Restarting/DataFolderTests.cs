using Rollcall.Server.Data;

namespace Rollcall.Interop.Tests.Restarting;

/// <summary>The folder of <c>--data</c>: whose it is, and which node's.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly List<string> _reported = [];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Two_servers_do_not_share_one()
    {
        using (DataFolder.Open(_temporary.Path))
        {
            DataFolderException refused = Assert.Throws<DataFolderException>(() => DataFolder.Open(_temporary.Path));
            Assert.Equal($"Cannot keep data in {_temporary.Path}: another server does; give each its own folder.", refused.Message);
        }

        DataFolder.Open(_temporary.Path).Dispose();
    }

    [Fact]
    public void It_is_made_and_only_its_user_may_look_into_it()
    {
        string deep = _temporary["a/b"];
        using DataFolder folder = DataFolder.Open(deep);
        Assert.Equal(deep, folder.Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(deep).UnixFileMode);
    }

    [Fact]
    public void Where_no_folder_can_be_it_says_why()
    {
        File.WriteAllText(_temporary["file"], "");
        DataFolderException refused = Assert.Throws<DataFolderException>(() => DataFolder.Open(_temporary["file"]));
        Assert.StartsWith($"Cannot keep data in {_temporary["file"]}: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_node_keeps_its_id()
    {
        uint drawn = NodeId(configured: 0);
        Assert.NotEqual(0u, drawn);
        Assert.Equal(drawn, NodeId(configured: 0));
        Assert.Equal(drawn, NodeId(configured: drawn));
        Assert.Empty(_reported);
    }

    [Fact]
    public void An_id_that_was_configured_is_kept_too()
    {
        Assert.Equal(0x1a2bu, NodeId(configured: 0x1a2b));
        Assert.Equal("1a2b\n", File.ReadAllText(_temporary["node"]));
        Assert.Equal(0x1a2bu, NodeId(configured: 0));
    }

    [Fact]
    public void The_folder_of_another_node_is_refused()
    {
        NodeId(configured: 7);
        DataFolderException refused = Assert.Throws<DataFolderException>(() => NodeId(configured: 8));
        Assert.Contains("is of node 7, and --node-id says 8", refused.Message, StringComparison.Ordinal);
        Assert.Equal("7\n", File.ReadAllText(_temporary["node"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("no id")]
    [InlineData("123456789")]
    public void An_id_that_is_none_is_set_aside_and_said(string text)
    {
        File.WriteAllText(_temporary["node"], text);
        uint drawn = NodeId(configured: 0);
        Assert.Contains("holds no id of a node", Assert.Single(_reported), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_temporary[Assert.Single(_temporary.Named("node.refused-"))]));
        Assert.Equal(drawn, NodeId(configured: 0));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_said_and_its_id_is_still_used()
    {
        NodeId(configured: 7);
        File.Delete(_temporary["lock"]);
        Directory.CreateDirectory(_temporary["lock"]); // cannot be opened as a file, not even by root
        using DataFolder folder = DataFolder.Open(_temporary.Path);
        Assert.NotNull(folder.WhyReadOnly);
        Assert.Equal(7u, folder.NodeId(0, _reported.Add));
        Assert.Empty(_reported);
    }

    [Fact]
    public void A_file_that_could_not_be_replaced_is_as_it_was()
    {
        string path = _temporary["file"];
        AtomicFile.Replace(path, file => file.WriteByte(1));
        Assert.Throws<IOException>(() =>
            AtomicFile.Replace(
                path,
                file =>
                {
                    file.WriteByte(2);
                    throw new IOException("in the middle");
                }
            )
        );
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);

        AtomicFile.Replace(path, file => file.WriteByte(3));
        Assert.Equal([3], File.ReadAllBytes(path));
        Assert.Equal(["file"], _temporary.Named("file"));
    }

    [Fact]
    public void What_is_set_aside_never_overwrites_what_was_before()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        foreach (byte number in (byte[])[1, 2, 3])
        {
            File.WriteAllBytes(_temporary["file"], [number]);
            Assert.Equal([number], File.ReadAllBytes(AtomicFile.SetAside(_temporary["file"], now)));
        }

        Assert.Equal(3, _temporary.Named("file.refused-19700101-000000").Length);
    }

    private uint NodeId(uint configured)
    {
        using DataFolder folder = DataFolder.Open(_temporary.Path);
        return folder.NodeId(configured, _reported.Add);
    }
}
