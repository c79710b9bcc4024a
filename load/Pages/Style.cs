namespace Rollcall.Load.Pages;

/// <summary>The pages' one style sheet: on screens light or dark as the reader's system is, on paper always light.</summary>
/// <remarks>
/// Colours of lines are those of Okabe and Ito, darkened or lightened until each stands 3:1 against its ground; no line is told by its
/// colour alone, each has its own dashes.
/// </remarks>
internal static class Style
{
    /// <summary>Lines that look different.</summary>
    public const int Lines = 8;

    public const string Sheet = """

        :root { color-scheme: light; --ground: #fff; --ink: #1b1d20; --quiet: #5a6068; --rule: #d9dce0; --band: #f3f5f7; --good: #006b4f; --bad: #b00020;
          --l0: #0067a5; --l1: #c04f00; --l2: #00805c; --l3: #a6438a; --l4: #5b4bb5; --l5: #7d6200; --l6: #5a6068; --l7: #b00020; }
        @media screen and (prefers-color-scheme: dark) {
          :root { color-scheme: dark; --ground: #15171a; --ink: #e6e8eb; --quiet: #a2a9b2; --rule: #3a3f46; --band: #1e2126; --good: #4cd3a5; --bad: #ff8a94;
            --l0: #63b8f0; --l1: #ff9a4d; --l2: #3fcf9f; --l3: #ec9fd3; --l4: #a99cf5; --l5: #dcbb4a; --l6: #a2a9b2; --l7: #ff8a94; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--rule); }
        h3 { font-size: .95rem; margin: 0; }
        p { margin: .3rem 0; } .quiet { color: var(--quiet); } .good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
        code, pre { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; vertical-align: top; }
        th:first-child { text-align: left; padding-left: 0; white-space: normal; min-width: 9rem; font-weight: 500; }
        thead th { color: var(--quiet); font-weight: 500; font-size: .85rem; }
        .words td, .words th { text-align: left; white-space: normal; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: .5rem 0; }
        dt { color: var(--quiet); font-size: .8rem; } dd { margin: 0; overflow-wrap: anywhere; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.4rem 1.6rem; margin: 1.2rem 0; }
        figure { margin: 0; break-inside: avoid; min-width: 0; }
        svg { display: block; width: 100%; height: auto; overflow: visible; }
        svg text { fill: var(--quiet); font-size: 12px; } svg .grid { stroke: var(--rule); stroke-width: 1; } svg .band { fill: var(--band); }
        svg .mark { stroke: var(--quiet); stroke-width: 1.2; stroke-dasharray: 2 4; }
        svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .legend { display: flex; flex-wrap: wrap; gap: 0 1.1rem; margin: .1rem 0 .2rem; padding: 0; list-style: none; font-size: .85rem; color: var(--quiet); }
        .legend svg { display: inline-block; width: 28px; height: 10px; margin-right: .35rem; vertical-align: middle; }
        .s0 { stroke: var(--l0); } .s1 { stroke: var(--l1); stroke-dasharray: 7 3; } .s2 { stroke: var(--l2); stroke-dasharray: 2 3; }
        .s3 { stroke: var(--l3); stroke-dasharray: 10 3 2 3; } .s4 { stroke: var(--l4); stroke-dasharray: 14 4; } .s5 { stroke: var(--l5); stroke-dasharray: 4 2 1 2; }
        .s6 { stroke: var(--l6); stroke-dasharray: 1 4; stroke-linecap: round; } .s7 { stroke: var(--l7); stroke-dasharray: 18 3 2 3; }
        .d6 { fill: var(--l6); } .d7 { fill: var(--l7); }
        .d0 { fill: var(--l0); } .d1 { fill: var(--l1); } .d2 { fill: var(--l2); } .d3 { fill: var(--l3); } .d4 { fill: var(--l4); } .d5 { fill: var(--l5); }
        @page { margin: 14mm; }
        @media print { :root { font-size: 11px; } body { font-size: 9.5pt; } table { font-size: 7.5pt; } th:first-child { min-width: 6rem; } main { max-width: none; padding: 0; } .scroll { overflow: visible; } th, td { padding: .15rem .25rem; }
          h2 { break-after: avoid; } tr { break-inside: avoid; } .charts { grid-template-columns: 1fr 1fr; gap: .8rem 1.2rem; } }

        """;
}
