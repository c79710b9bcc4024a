using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core.Tests.Model;

namespace Rollcall.Core.Tests.Documents;

/// <summary>
/// Whatever happens to the registry, every cached document reads back as the naive registry's content at that version.
/// </summary>
public class DocumentModelTests
{
    [Fact]
    public void Every_document_reads_back_like_the_naive_registry_at_every_version() =>
        Prop.ForAll(
                ModelStep.Programs(20, 100),
                program => ModelRun.Check(program, ModelRun.Options1To3s, run => new DocumentCheck(run).AfterStep)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Documents_asked_for_now_and_then_read_back_as_well() =>
        Prop.ForAll(
                ModelStep.Programs(100, 300),
                program =>
                    ModelRun.Check(program, ModelRun.Options1To3s, run => new DocumentCheck(run) { EveryNthStep = 13 }.AfterStep)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));
}
