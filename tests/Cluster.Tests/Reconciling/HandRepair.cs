using Rollcall.Core;
using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>One round of repair between two registries, without links: what each asks the other has at once.</summary>
internal static class HandRepair
{
    /// <summary>The first one leads; whoever wants sees each message.</summary>
    public static (long Bytes, long Records) Run(RegistryService a, RegistryService b, Action<PeerMessage>? see = null)
    {
        var leads = new Repair(a.Replica!, a.Options.Cluster!, 1, new Random(1));
        var answers = new RepairAnswers(b.Replica!, b.Options.Cluster!, 1);
        long bytes = 0;
        leads.Begin(a.Now);
        while (leads.Active)
        {
            PeerMessage? there = leads.Take(a.Now);
            PeerMessage? back = there switch
            {
                DigestOffer offer => answers.Answer(offer, busy: false, b.Now),
                SymbolsRequest request => answers.Answer(request, b.Now),
                ItemsPush push => answers.Answer(push, b.Now),
                _ => null,
            };
            if (there is ItemsRequest wanted)
            {
                answers.Want(wanted);
            }

            back ??= answers.Take(b.Now);
            foreach (PeerMessage message in new[] { there, back }.OfType<PeerMessage>())
            {
                bytes += BytesOf(message);
                see?.Invoke(message);
            }

            switch (back)
            {
                case DigestAnswer answer:
                    leads.Answered(answer, a.Now);
                    break;
                case SymbolsAnswer answer:
                    leads.Answered(answer, a.Now);
                    break;
                case ItemsAnswer answer:
                    leads.Answered(answer, a.Now);
                    break;
                case ItemsPushed answer:
                    leads.Answered(answer, a.Now);
                    break;
            }

            leads.TryComplete(out _, out _);
        }

        return (bytes, leads.RecordsMoved);
    }

    // What a codec writes: 16 bytes of frame and fixed fields, and the lists; records are counted apart.
    private static long BytesOf(PeerMessage message) =>
        message switch
        {
            DigestAnswer answer => 16 + (8L * answer.Buckets.Count),
            SymbolsRequest request => 24 + (8L * request.Buckets.Count),
            SymbolsAnswer answer => 16 + answer.Symbols.Length,
            ItemsRequest request => 16 + (6L * request.Items.Count),
            _ => 16,
        };
}
