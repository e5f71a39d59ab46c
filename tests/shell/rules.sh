#!/usr/bin/env bash
# Rules of a user's own: are they sound, what would they change, what is there to write one for? Usage: rules.sh COMMAND DATA
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"
data=$2

# rule FILE NAME REASON LEVEL WHEN PHRASES EXAMPLE: one more row
rule() {
    (IFS=$'\t' && echo "${*:2}"$'\tme') >>"$folder/$1"
}

# ---- check

run smtpcodes rules check "$data/rules.tsv"
ok 'check: the built-in rules are sound' is "$status $(cat "$out" "$err")" '0 '

# They would not pass with a mistake among them: an example that says something else, and, at the end, a rule that is
# shadowed, one that shares a phrase, and one that asks for a code that no rule is asked for.
line=$(grep -n $'^mailbox-full/full\t' "$data/rules.tsv" | cut -d : -f 1) # "mailbox ~2 full ; full mailbox", plain
changed=$(grep -n $'^mailbox-full/over-quota\t' "$data/rules.tsv" | cut -d : -f 1)
awk -F '\t' -v OFS='\t' '$1 == "mailbox-full/over-quota" { $6 = "550 zebra" } { print }' "$data/rules.tsv" >"$folder/mistaken.tsv"
last=$(wc -l <"$folder/mistaken.tsv")
rule mistaken.tsv my/shadowed mailbox-full frame - 'mailbox full' '550 mailbox full'
rule mistaken.tsv my/doubled mailbox-full plain - 'full mailbox ; zebra zoo' '550 zebra zoo'
rule mistaken.tsv my/dead spam plain code=2xx 'lion zoo' '250 lion zoo'
run smtpcodes rules check "$folder/mistaken.tsv"
ok 'check: a mistake among them is found' is "$status $(cat "$out" "$err")" \
    "1 $folder/mistaken.tsv:$changed: the example of the rule \"mailbox-full/over-quota\" is decided by its code, not by its words
$folder/mistaken.tsv:$((last + 1)): the example of the rule \"my/shadowed\" is decided by \"mailbox-full/full\" in line $line
$folder/mistaken.tsv:$((last + 1)): the rule \"my/shadowed\" never decides: \"mailbox-full/full\" in line $line comes before it
$folder/mistaken.tsv:$((last + 2)): the rule \"my/doubled\" has a phrase that \"mailbox-full/full\" in line $line has too: \"full mailbox\"
$folder/mistaken.tsv:$((last + 3)): the rule \"my/dead\" never decides: replies with such codes are decided by their code alone"

rule sound.tsv my/zebra spam plain - 'zebra zoo' '550 zebra zoo'
rule odd.tsv my/lion spam plain - 'lion zoo' '550 zebra zoo'
rule odd.tsv my/bear spam plain - 'old bear' '550 old bear'
rule odd.tsv my/bears spam tag - 'bear' '550 bear'
run smtpcodes rules check "$folder/sound.tsv"
ok 'check: a sound file' is "$status $(cat "$out" "$err")" '0 '
run smtpcodes rules check "$folder/sound.tsv" "$folder/odd.tsv"
ok 'check: findings are told by the status' went 1
ok 'check: a line each, with file, line and rule' is "$(cat "$out")" \
    "$folder/odd.tsv:1: the example of the rule \"my/lion\" is decided by its code, not by its words
$folder/odd.tsv:2: the example of the rule \"my/bear\" is decided by \"my/bears\" in line 3
$folder/odd.tsv:2: the rule \"my/bear\" never decides: \"my/bears\" in line 3 comes before it"
printf 'my/broken\tspam\n' >"$folder/broken.tsv"
run smtpcodes rules check "$folder/broken.tsv"
ok 'check: what cannot be loaded' complained 1 "$folder/broken.tsv:1: 2 columns, there must be 7"
run smtpcodes rules check "$folder/broken.tsv" "$folder/odd.tsv"
ok 'check: does not keep others from being checked' lines "$out" 3
run smtpcodes rules check "$folder/none.tsv"
ok 'check: no such file' complained 1 "$folder/none.tsv: No such file or directory"
run bash -c '"$0" rules check "$1" >/dev/full' "$command" "$folder/odd.tsv"
ok 'check: a full disk' complained 1 'No space left on device'

# ---- diff

rule new.tsv my/zebra policy plain - 'zebra zoo' '550 zebra zoo'
rule new.tsv my/full mailbox-full plain - 'mailbox full' '550 mailbox full'
printf 'policy\tmailbox-full\tpermanent\thard\tsuppress\n' >>"$folder/new.tsv"
printf '%s\n' '550 zebra zoo' '550 User unknown' '550 mailbox full' '250 zebra zoo' >"$folder/replies"
full=$(smtpcodes classify --format jsonl '550 mailbox full' | jq -r .rule)

run smtpcodes rules diff "$folder/sound.tsv" "$folder/new.tsv" "$folder/replies"
ok 'diff: what changes is told by the status' is "$status" 1
ok 'diff: old, new, and the reply' is "$(cat "$out")" \
    "spam block fix-message my/zebra -> policy block review my/zebra  550 zebra zoo
mailbox-full soft retry $full -> mailbox-full hard suppress my/full  550 mailbox full"
ok 'diff: how many of how many' is "$(cat "$err")" '2 of 4 replies change'
run smtpcodes rules diff "$folder/sound.tsv" "$folder/new.tsv" <"$folder/replies"
ok 'diff: replies on standard input' is "$(wc -l <"$out") $(cat "$err")" '2 2 of 4 replies change'
run smtpcodes rules diff "$folder/sound.tsv" "$folder/new.tsv" "$folder/replies" "$folder/replies"
ok 'diff: several files' is "$(wc -l <"$out") $(cat "$err")" '4 4 of 8 replies change'
for none in - builtin; do
    run smtpcodes rules diff "$none" "$folder/sound.tsv" "$folder/replies"
    ok "diff: $none is the built-in rules alone" is "$status $(cat "$out")" \
        '1 unknown unknown review - -> spam block fix-message my/zebra  550 zebra zoo'
done
run smtpcodes rules diff "$folder/new.tsv" "$folder/new.tsv" "$folder/replies"
ok 'diff: nothing changes' is "$status $(cat "$out" "$err")" '0 0 of 4 replies change'
run smtpcodes rules diff --format jsonl - "$folder/sound.tsv" "$folder/replies"
ok 'diff: JSON' json_is . '{"text":"550 zebra zoo","old":{"reason":"unknown","bounce":"unknown","action":"review","rule":null},"new":{"reason":"spam","bounce":"block","action":"fix-message","rule":"my/zebra"}}'
run smtpcodes rules diff --format jsonl --input jsonl --field reply - "$folder/sound.tsv" <<<'{"id": 7, "reply": "550 zebra zoo", "old": 1}'
ok 'diff: JSON in and out, other keys pass' json_is '[.id, .reply, .old.reason, .new.rule]' '[7,"550 zebra zoo","unknown","my/zebra"]'
run smtpcodes rules diff --input nul - "$folder/sound.tsv" < <(printf '550-zebra\r\n550 zoo\r\n\0')
ok 'diff: records that NUL ends' is "$(wc -l <"$out") $(cat "$err")" '1 1 of 1 replies change'
run smtpcodes rules diff --input jsonl - "$folder/sound.tsv" <<<'{"id": 7}'
ok 'diff: an object without a reply' is "$status $(head -n 1 "$err")" \
    '1 smtpcodes: standard input:1: the object has no string under the key "text"'
run smtpcodes rules diff - "$folder/sound.tsv" "$folder/none"
ok 'diff: no such replies' is "$status $(cat "$err")" "1 smtpcodes: $folder/none: No such file or directory
0 of 0 replies change"

# ---- wrong use

while IFS='|' read -r arguments text; do
    read -ra words <<<"$arguments"
    run smtpcodes rules "${words[@]}" </dev/null
    ok "wrong use: rules $arguments" complained 2 "$text"
done <<TABLE
|rules check or rules diff
mend|"mend"
check|rules check FILE
check --all|--all
diff|OLD NEW
diff -|OLD NEW
diff --format csv - -|"csv"
diff --input mbox - -|"mbox"
diff --field|--field
diff $folder/broken.tsv -|$folder/broken.tsv:1: 2 columns
diff - $folder/none.tsv|$folder/none.tsv: No such file
TABLE

# ---- classify --unknown

cat >"$folder/replies" <<'EOT'
550 5.1.1 zebra for <ann@example.org>
550 the lion says no
550 5.1.1 zebra for <kim@example.org>
550 User unknown
250 zebra zoo
550 the lion says no
550 5.1.1 zebra for <bo@example.org>
550
hello, world
EOT
run smtpcodes classify --unknown <"$folder/replies"
ok 'unknown: done' went 0
ok 'unknown: most frequent first; count, reason, template, and a sample' is "$(cat "$out")" \
    '      3  user-unknown          550 5.1.1 zebra for <{address}>
                               550 5.1.1 zebra for <ann@example.org>
      2  unknown               550 the lion says no
                               550 the lion says no
      1  unknown               hello, world
                               hello, world'
run smtpcodes classify --unknown --format jsonl <"$folder/replies"
ok 'unknown: JSON' is "$(head -n 1 "$out")" \
    '{"count":3,"reason":"user-unknown","template":"550 5.1.1 zebra for <{address}>","sample":"550 5.1.1 zebra for <ann@example.org>"}'
run smtpcodes classify --unknown --format csv <"$folder/replies"
ok 'unknown: CSV' is "$(sed -n '1p;4p' "$out")" 'count,reason,template,sample
1,unknown,"hello, world","hello, world"'
rule lion.tsv my/lion spam plain - 'lion says no' '550 the lion says no'
run smtpcodes classify --unknown --rules "$folder/lion.tsv" --format jsonl <"$folder/replies"
ok 'unknown: but to the rules given' json_is .count $'3\n1'
run smtpcodes classify --unknown --input jsonl --format jsonl --field reply <<<'{"reply": "550 zebra zoo"}'
ok 'unknown: JSON in' json_is '[.count, .template]' '[1,"550 zebra zoo"]'
run smtpcodes classify --unknown --format jsonl '550 zebra zoo' '550 User unknown' '550 zebra zoo'
ok 'unknown: arguments' is "$status $(jq -c '[.count, .template]' "$out")" '0 [2,"550 zebra zoo"]'
run smtpcodes classify --unknown --format jsonl < <(printf '550 zebra \xff\x01 zoo\n')
ok 'unknown: bytes that are no UTF-8' json_lines 1 '.count == 1'
run smtpcodes classify --unknown --format csv </dev/null
ok 'unknown: nothing' is "$status $(cat "$out")" '0 count,reason,template,sample'

# Ten thousand groups, and not one more. A word for a number: digits would be taken out.
seq 10007 | tr 0-9 a-j | sed 's/.*/550 zebra q& zoo/' >"$folder/many"
run smtpcodes classify --unknown --format jsonl < <(cat "$folder/many" "$folder/many")
ok 'unknown: a bounded number of groups' lines "$out" 10000
ok 'unknown: of which those that are kept are counted on' is "$(jq -s 'map(.count) | add' "$out")" 20000
ok 'unknown: and what is in none is told' is "$status $(cat "$err")" \
    '0 smtpcodes: 14 more replies are in no group: 10000 groups are kept'
