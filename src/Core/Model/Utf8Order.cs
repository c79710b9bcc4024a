namespace Rollcall.Core.Model;

/// <summary>Orders strings as their UTF-8 bytes are ordered, without encoding them. Text without lone surrogates.</summary>
/// <remarks>UTF-16 differs in one thing: surrogates, which stand for what comes last, lie before U+E000.</remarks>
internal sealed class Utf8Order : IComparer<string>
{
    public static Utf8Order Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x;
        ReadOnlySpan<char> right = y;
        int same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length - right.Length;
        }

        (char a, char b) = (left[same], right[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b
            : char.IsSurrogate(a) ? 1
            : -1;
    }
}
