# awk -f ledger.awk claims.tsv RS="<" RESULT.trx...
# Prints each claim as ran, skipped, failed or missed, then one line with the counts of all tests. Exit code 1 if a claim failed,
# or if one that may not be skipped was skipped or did not run.

BEGIN { FS = "\t" }

# The claims come first, one a line: claim, pattern of test names, "yes" if it may be skipped. Then results, cut at every "<".
FILENAME ~ /claims\.tsv$/ {
    if ($0 ~ /^#/) {
        next
    }
    if (NF != 3) {
        print "claims.tsv, line " FNR ": not three columns with tabs between: " $0
        bad = 1
    }
    claim[++claims] = $1
    pattern[claims] = $2
    maySkip[claims] = $3 == "yes"
    next
}

# A long test is skipped in the first step and run in the second: what ran counts, in whichever order the files come.
/^UnitTestResult / {
    key = attribute("testId")
    if (!(key in known)) {
        known[key] = ++tests
        outcome[tests] = "NotExecuted"
    }
    test = known[key]
    name[test] = attribute("testName")
    if (attribute("outcome") != "NotExecuted") {
        outcome[test] = attribute("outcome")
    }
}
/^Message>/ && outcome[test] == "NotExecuted" { reason[test] = text(substr($0, index($0, ">") + 1)) }
/^StdOut>/ { collectMeasured(substr($0, index($0, ">") + 1)) }

END {
    forgetTheoriesThatRan()
    for (t = 1; t <= tests; t++) {
        total[outcome[t]]++
        total["All"] += outcome[t] != "Replaced"
    }
    for (c = 1; c <= claims; c++) {
        judge(c)
    }
    if (measured != "") {
        printf "\nMEASURED\n%s", measured
    }
    printf "%d passed, %d failed, %d skipped\n", total["Passed"], total["All"] - total["Passed"] - total["NotExecuted"], total["NotExecuted"]
    exit bad
}

# A theory that is skipped has one result, without arguments, and one for each of them when it runs.
function forgetTheoriesThatRan(    t) {
    for (t = 1; t <= tests; t++) {
        method = name[t]
        if (sub(/\(.*/, "", method) && outcome[t] != "NotExecuted") {
            hasRun[method] = 1
        }
    }
    for (t = 1; t <= tests; t++) {
        if (outcome[t] == "NotExecuted" && name[t] in hasRun) {
            outcome[t] = "Replaced"
        }
    }
}

function judge(c,    t, ran, failed, skipped, why, state) {
    for (t = 1; t <= tests; t++) {
        if (name[t] ~ pattern[c] && outcome[t] != "Replaced") {
            ran++
            if (outcome[t] == "NotExecuted") {
                skipped++
                why = reason[t]
            } else if (outcome[t] != "Passed") {
                failed++
            }
        }
    }
    state = failed ? "FAILED" : !ran ? "missed" : skipped ? "skipped" : "ran"
    if (failed || (state != "ran" && !maySkip[c])) {
        bad = 1
        state = toupper(state)
    }
    printf "%-8s %4d tests  %s%s\n", state, ran, claim[c], why == "" ? "" : " (" why ")"
}

# What tests print for people decides nothing. Shown is the first quantity with a unit that each test method prints.
function collectMeasured(output,    method, line, count, i) {
    method = name[test]
    sub(/\(.*/, "", method)
    count = split(output, line, "\n")
    for (i = 1; i <= count && !(method in shown); i++) {
        if (line[i] ~ /[0-9] (ns|us|ms|s|B|bytes|kB|MB)([ ,;.(]|$)/) {
            shown[method] = 1
            sub(/^measured: /, "", line[i])
            measured = measured text(line[i]) "\n"
        }
    }
}

function attribute(key,    from, rest) {
    from = index($0, " " key "=\"")
    if (!from) {
        return ""
    }
    rest = substr($0, from + length(key) + 3)
    return text(substr(rest, 1, index(rest, "\"") - 1))
}

function text(xml) {
    gsub(/&lt;/, "<", xml)
    gsub(/&gt;/, ">", xml)
    gsub(/&quot;/, "\"", xml)
    gsub(/&#xD;|&#xA;|\r|\n/, " ", xml)
    gsub(/&amp;/, "\\&", xml)
    return xml
}
