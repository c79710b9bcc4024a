using System.Security.Cryptography;
using System.Text;
using Rollcall.Configuration;
using Rollcall.Core.Access;

namespace Rollcall.Hosting.Access;

/// <summary>Reads credentials as people write them, one a line, from any number of texts, and collects all that is wrong.</summary>
/// <remarks>
/// <para>
/// A line is <c>NAME ROLES token SECRET</c> or <c>NAME ROLES certificate SHA256</c>; ROLES are one or more of reader, registrar,
/// operator and peer with <c>+</c> between, and behind a registrar may stand <c>:PATTERN,PATTERN</c>, the services it is bound to.
/// Empty lines and lines that begin with <c>#</c> say nothing.
/// </para>
/// <para>One name may have several lines, so that a token can be replaced while the old one still works; its roles are the same in all.</para>
/// <para>Errors: a problem gives the number of the line and repeats none of its words: in a line that is wrong any of them may be the secret.</para>
/// </remarks>
public sealed class CredentialReader
{
    /// <summary>Shortest token. 16 bytes in base64 have 22 characters, in hexadecimal 32.</summary>
    public const int TokenCharsMin = 20;

    /// <summary>Fewest different characters in a token: 20 random hexadecimal digits have fewer once in a million.</summary>
    public const int TokenDistinctMin = 6;

    /// <summary>What a line must be, for people.</summary>
    public const string Form = "NAME ROLES token SECRET, or NAME ROLES certificate SHA256";

    private const int NameCharsMax = 64;
    private const string Remedy = "Make one with: openssl rand -hex 24";
    private const string RoleForm = "ROLES are reader, registrar, operator or peer, several with + between";

    private static readonly Dictionary<string, AccessRoles> s_roles = new(StringComparer.Ordinal)
    {
        ["reader"] = AccessRoles.Reader,
        ["registrar"] = AccessRoles.Registrar,
        ["operator"] = AccessRoles.Operator,
        ["peer"] = AccessRoles.Peer,
    };

    private readonly ICollection<ConfigurationProblem> _problems;
    private readonly List<Credential> _credentials = [];
    private readonly Dictionary<string, string> _rolesOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _proofs = new(StringComparer.Ordinal);

    /// <summary>A reader that has read nothing yet; what is wrong goes to <paramref name="problems"/>.</summary>
    public CredentialReader(ICollection<ConfigurationProblem> problems) => _problems = problems;

    /// <summary>What was read so far.</summary>
    public IReadOnlyList<Credential> Credentials => _credentials;

    /// <summary>True if one of them is a certificate, so that listeners have to ask for certificates.</summary>
    public bool HasCertificates { get; private set; }

    /// <summary>Reads <paramref name="lines"/>; a problem names <paramref name="key"/>, <paramref name="source"/> and the line from 1.</summary>
    public void Read(string key, string? source, IEnumerable<string> lines)
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line) && !line.TrimStart().StartsWith('#') && ProblemOf(line) is { } problem)
            {
                _problems.Add(new(key, source, $"line {number}: {problem}"));
            }
        }
    }

    /// <summary>Takes a line; else what is wrong with it.</summary>
    private string? ProblemOf(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 4)
        {
            return $"has {words.Length} {(words.Length == 1 ? "word" : "words")} where 4 are wanted: {Form}.";
        }

        (string name, string roles, string kind, string proof) = (words[0], words[1], words[2], words[3]);
        if (NameProblem(name) is { } nameProblem)
        {
            return nameProblem;
        }

        if (PrincipalOf(name, roles, out string? rolesProblem) is not { } principal)
        {
            return rolesProblem;
        }

        if (!_rolesOf.TryAdd(name, roles) && _rolesOf[name] != roles)
        {
            return "its name was given other roles above; a name has the same roles in every line.";
        }

        return kind switch
        {
            "token" => TokenProblem(proof) ?? Take(Credential.Token(principal, Encoding.UTF8.GetBytes(proof)), proof),
            "certificate" => CertificateProblem(proof) ?? TakeCertificate(principal, proof),
            _ => $"its third word is neither token nor certificate: {Form}.",
        };
    }

    private string? TakeCertificate(Principal principal, string fingerprint)
    {
        HasCertificates = true;
        return Take(Credential.Certificate(principal, fingerprint), CertificateFingerprint.Canonical(fingerprint));
    }

    private string? Take(Credential credential, string proof)
    {
        // By its hash, so that no secret outlives the reading.
        if (!_proofs.Add(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(proof)))))
        {
            return "its secret or fingerprint stands in a line above already; everyone has their own.";
        }

        _credentials.Add(credential);
        return null;
    }

    private static Principal? PrincipalOf(string name, string text, out string? problem)
    {
        string[] halves = text.Split(':', 2);
        var roles = AccessRoles.None;
        foreach (string word in halves[0].Split('+'))
        {
            if (!s_roles.TryGetValue(word, out AccessRoles role))
            {
                problem = $"its second word is no role: {RoleForm}.";
                return null;
            }

            roles |= role;
        }

        string[] patterns = halves.Length == 1 ? [] : halves[1].Split(',');
        problem =
            patterns.Length > 0 && !roles.HasFlag(AccessRoles.Registrar) ? "only a registrar is bound to services: registrar:PATTERN,PATTERN."
            : patterns.Contains("") ? "a pattern is empty: registrar:PATTERN,PATTERN, where * stands for any characters and ? for one."
            : null;
        return problem is null ? new Principal(name, roles, patterns) : null;
    }

    private static string? NameProblem(string name) =>
        name.Length > NameCharsMax || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@')
            ? $"its name may have up to {NameCharsMax} letters, digits and the signs - _ . @."
            : null;

    private static string? TokenProblem(string token) =>
        token.Any(c => c is <= ' ' or > '~' or ';') ? $"its token may have visible ASCII characters only, and no semicolon. {Remedy}"
        : token.Length < TokenCharsMin ? $"its token has {token.Length} characters, {TokenCharsMin} are the least. {Remedy}"
        : token.Distinct().Count() < TokenDistinctMin ? $"its token repeats too few different characters to be random. {Remedy}"
        : null;

    private static string? CertificateProblem(string fingerprint)
    {
        string digits = CertificateFingerprint.Canonical(fingerprint);
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit)
            ? null
            : "a certificate is given by its SHA-256 fingerprint, 64 hexadecimal digits: openssl x509 -noout -fingerprint -sha256 -in FILE.";
    }
}
