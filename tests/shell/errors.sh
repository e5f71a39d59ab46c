#!/usr/bin/env bash
# Wrong use, and output that cannot be written. Usage: errors.sh COMMAND VERSION
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"
version=$2

run smtpcodes --version
ok '--version: of the program and of what it knows' is "$status $(sed -E 's/[0-9a-f]{8}\)$/HASH)/' "$out")" "0 smtpcodes $version (rules HASH)"
for word in --help -h help; do
    run smtpcodes "$word"
    ok "$word: done" went 0
    ok "$word: the commands" is "$(grep -oE 'smtpcodes (explain|classify|list|rules)' "$out" | sort -u | paste -sd ,)" \
        'smtpcodes classify,smtpcodes explain,smtpcodes list,smtpcodes rules'
done
run smtpcodes
ok 'without a command: wrong use' is "$status" 2
ok 'without a command: how to use it' has "$err" 'usage: smtpcodes'
ok 'without a command: nothing on standard output' empty "$out"

# ---- wrong use: one line that names the culprit, status 2, no output

refused() { # TEXT
    complained 2 "$1" && empty "$out"
}

while IFS='|' read -r arguments text; do
    read -ra words <<<"$arguments"
    run smtpcodes "${words[@]}" </dev/null
    ok "wrong use: $arguments" refused "$text"
done <<'TABLE'
explode|"explode"
--nonsense|"--nonsense"
explain --nonsense 550|--nonsense
explain --color=blue 550|"blue"
explain --color|--color
explain -x 550|-x
list --nonsense|--nonsense
list --format|--format
list --format xml|"xml"
list --format jsonl|"jsonl"
list --standing good|"good"
list --standing|--standing
list words|"words"
list codes rules|"rules"
list --standing standard reasons|reasons
list --standing standard rules|rules
list -z|-z
classify --nonsense|--nonsense
classify --input|--input
classify --input mbox|"mbox"
classify --format xml|"xml"
classify --format json|"json"
classify --format csv --format xml|"xml"
classify --stage lunch|"lunch"
classify --stage unknown|"unknown"
classify --field|--field
classify --receiver|--receiver
classify --client|--client
classify -q|-q
classify --rules|--rules
explain --rules|--rules
classify --as|--as
classify --jobs|--jobs
classify --jobs -1|"-1"
classify --jobs 65|"65"
classify --jobs 2x|"2x"
classify --jobs +2|"+2"
classify --jobs 18446744073709551618|"18446744073709551618"
classify --jobs= 550|--jobs is 1 to 64, or 0 for the number of processors, not ""
classify --as acme|sparkpost, powermta, sisimai, kumomta, ses, postmark, mailgun, sendgrid or anymail, not "acme"
list --as SES reasons|"SES"
list --as ses codes|codes
TABLE

printf 'layer\tmiddle\n' >"$folder/wrong.tsv"
for subcommand in classify explain; do
    run smtpcodes "$subcommand" --rules "$folder/wrong.tsv" 550
    ok "$subcommand: rules with an error" refused "smtpcodes: $folder/wrong.tsv:1: unknown layer \"middle\" (first, last)"
    run smtpcodes "$subcommand" --rules "$folder/no-such.tsv" 550
    ok "$subcommand: no such rules" refused "smtpcodes: $folder/no-such.tsv: No such file or directory"
done

# ---- a reader that has enough

enough() { # COMMAND...: its reader takes one line; it ends soon, without a word
    timeout 30 "$@" 2>"$err" | head -n 1 >"$out"
    local statuses=("${PIPESTATUS[@]}")
    [[ ${statuses[0]} -ne 124 ]] && empty "$err" && lines "$out" 1
}
endless() { # FORMAT JOBS
    yes '550 5.1.1 User unknown' 2>/dev/null | "$command" classify --format "$1" --jobs "$2"
}
export -f endless
export command
for format in text jsonl csv; do
    for jobs in 1 4; do
        ok "a closed pipe ends classify ($format, jobs: $jobs)" enough bash -c "endless $format $jobs"
    done
done
ok 'a closed pipe ends list' enough "$command" list --format json rules
ok 'a closed pipe ends explain' enough "$command" explain $(seq 200 599)

# ---- a full disk, a closed output, no input

printf '550 5.1.1 User unknown\n%.0s' {1..50000} >"$folder/replies"
while IFS='|' read -r name arguments; do
    read -ra words <<<"$arguments"
    run bash -c '"$@" <"$0" >/dev/full' "$folder/replies" "$command" "${words[@]}"
    ok "a full disk: $name" complained 1 'No space left on device'
    run bash -c '"$@" <"$0" >&-' "$folder/replies" "$command" "${words[@]}"
    ok "no standard output: $name" complained 1 'standard output: Bad file descriptor'
done <<'TABLE'
--version|--version
--help|--help
explain|explain 550
list|list
list of rules as JSON|list --format json rules
one verdict|classify 550
50,000 verdicts|classify
50,000 verdicts as JSON|classify --format jsonl
50,000 verdicts as CSV|classify --format csv
50,000 verdicts line by line|classify --line-buffered
50,000 verdicts by four threads|classify --jobs 4
TABLE
for subcommand in classify explain 'classify --jobs 2'; do
    read -ra words <<<"$subcommand"
    run bash -c '"$0" "$@" </' "$command" "${words[@]}"
    ok "$subcommand: a folder is no input" complained 1 'standard input: Is a directory'
    run bash -c '"$0" "$@" <&-' "$command" "${words[@]}"
    ok "$subcommand: no standard input" complained 1 'standard input: Bad file descriptor'
done
