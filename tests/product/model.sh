#!/usr/bin/env bash
# The model: made of the examples alone, the same wherever it is made, and honest. Usage: model.sh MKMODEL DATA
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
mkmodel=$(realpath "$1")
data=$(realpath "$2")
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # one that stops leaves its memory to the system

mkdir "$folder"/{one,two,data}
run "$mkmodel" "$data" "$folder/one"
ok 'it is made' is "$status $(cat "$out" "$err")" '0 '
cd "$folder" || exit 1
cp "$data/examples.tsv" data
run env -i LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu "$mkmodel" data two
ok 'twice the same, from another folder, in another environment' same one/model.c two/model.c

# ---- examples that are refused

# refused NAME TEXT LINE...: examples.tsv with more lines is refused for the last of them.
refused() {
    printf '%s\n' "${@:3}" | cat "$data/examples.tsv" - >data/examples.tsv
    rm -f two/model.c
    run "$mkmodel" data two
    ok "$1" is "$status $(cat "$err")" "1 data/examples.tsv:$(wc -l <data/examples.tsv): $2"
    ok "$1: nothing is made" is "$(ls two)" ''
}
refused 'an unknown reason' 'unknown reason' $'mail-lost\tidea\t550 lost'
refused 'a reason that only codes state' 'only codes state this reason' $'accepted\tidea\t550 thanks'
refused 'a name that is none' 'the name of an idea is a-z, 0-9 and hyphens' $'spam\tAn idea\t550 spam'
refused 'an unknown escape' 'a backslash stands before r, n, t or a backslash' $'spam\tidea\t550 spam \\x'
refused 'a code that decides alone' '2yz and 3yz replies are decided by their code' $'spam\tidea\t250 spam'
refused 'a column too many' '4 columns, there must be 3' $'spam\tidea\t550 spam\tfield'
printf 'spam\tidea\t550 zebra spam\nspam\tother\t550 zebra spam\n' | cat "$data/examples.tsv" - >data/examples.tsv
run "$mkmodel" data two
ok 'a reply twice' is "$status $(cat "$err")" '1 data/examples.tsv: stands twice: 550 zebra spam'
run "$mkmodel" "$folder/nowhere" two
ok 'no examples' is "$status $(cat "$err")" "1 mkmodel: $folder/nowhere/examples.tsv: cannot be read"
run "$mkmodel" data
ok 'wrong use' is "$status $(wc -l <"$err")" '2 2'

# ---- what it claims

run "$mkmodel" --report "$data"
ok 'it reports' is "$status $(cat "$err")" '0 '
right=$(sed -n 's/^examples [0-9]*, right \([0-9]*\)\..*/\1/p' "$out")
ok "at least 78 of 100 examples of unseen ideas are right (now: $right)" test "$right" -ge 78
# Of the verdicts that claim so much, so many are right: not fewer by more than chance explains (three standard errors).
honest() {
    awk '/^confidence/ { table = 1; next }
        table && NF >= 6 {
            bands++
            error = 3 * sqrt($5 * (100 - $5) / $4)
            if ($6 < $5 - error - 0.5) { print "claimed " $5 ", right " $6 ": " $0; bad = 1 }
        }
        END { exit bad || bands < 5 }' "$out"
}
ok 'the confidence is honest in every tenth' honest
