#!/usr/bin/env bash
# explain: pages about codes, enhanced codes and replies. Usage: explain.sh COMMAND DATA
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"
data=$2
escape=$'\e'

# The last page with its line breaks taken out.
flat() {
    tr -s ' \n' '  ' <"$out" >"$folder/flat"
}

# ---- codes

run smtpcodes explain 550
flat
ok '550 is known' went 0
ok '550 has its number and title first' is "$(head -n 1 "$out")" "550  $(awk -F '\t' '$1 == 550 { print $6 }' "$data/codes.tsv")"
ok '550 has its explanation' has "$folder/flat" "$(awk -F '\t' '$1 == 550 { print $7 }' "$data/codes.tsv")"
ok '550 has its class' has "$folder/flat" 'Class permanent failure'
ok '550 has its category' has "$folder/flat" 'Category mail-system'
ok '550 has its name' has "$folder/flat" 'Name MAILBOX_UNAVAILABLE'
ok '550 has its standing' has "$folder/flat" 'Standing standard'
ok '550 has the commands it answers' has "$folder/flat" 'rcpt'
ok '550 says what to do' has "$folder/flat" 'What to do Do not repeat it unchanged.'
ok '550 has its source' has "$folder/flat" 'Source RFC 5321 4.2.3'

for row in '250 success' '354 intermediate' '451 temporary' '554 permanent'; do
    run smtpcodes explain "${row% *}"
    ok "${row% *} is of the class ${row#* }" has <(grep '^Class' "$out") "${row#* }"
done

wrong=()
while IFS=$'\t' read -r code _ _ _ _ title explanation reference _; do
    run smtpcodes explain "$code"
    flat
    for text in "$code" "$title" "$explanation" "$reference"; do
        if [[ $status -ne 0 ]] || ! has "$folder/flat" "$text" >/dev/null; then
            wrong+=("$code: $text")
        fi
    done
done < <(grep '^[0-9]' "$data/codes.tsv")
ok 'every code of the table has its title, explanation and source' is "${wrong[*]}" ''

for code in 299 600 999; do
    run smtpcodes explain "$code"
    ok "$code is no known code" went 1
    ok "the page says so of $code" has "$out" 'not a known code'
done
run smtpcodes explain 459
ok '459 is still read by its first digit (RFC 5321 4.2)' has <(grep '^Class' "$out") 'temporary'

# ---- enhanced codes

run smtpcodes explain 5.1.1
flat
ok '5.1.1 is known' went 0
ok '5.1.1 has its number and title first' is "$(head -n 1 "$out")" "5.1.1  $(awk -F '\t' '$1 == "x.1.1" { print $6 }' "$data/enhanced.tsv")"
ok '5.1.1 has its class' has "$folder/flat" 'Class permanent failure'
ok '5.1.1 has its source' has "$folder/flat" 'Source RFC 3463'
run smtpcodes explain 4.2.2
ok '4.2.2 is a temporary failure' has <(grep '^Class' "$out") 'temporary'
run smtpcodes explain 5.9.9
ok '5.9.9 is no known code' went 1
ok '5.9.9 is read by its class (RFC 3463 2)' has "$out" '5.x.x'

# ---- replies

reply='550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'
run smtpcodes explain "$reply"
flat
ok 'a reply is understood' went 0
ok 'a reply is quoted first' is "$(head -n 1 "$out")" "$reply"
ok 'the words that decided it are marked' has <(sed -n 2p "$out") '^^^'
ok 'a reply has its reason' has "$folder/flat" 'ip-blocked'
ok 'a reply has its action' has "$folder/flat" 'What to do change-route'
ok 'a reply has its bounce' has "$folder/flat" 'Bounce block'
ok 'a reply has its side' has "$folder/flat" 'Side sender'
ok 'a reply has its code' has "$folder/flat" 'Code 550'
ok 'a reply has its enhanced code' has "$folder/flat" 'Enhanced 5.7.1'
ok 'a reply has its block list' has "$folder/flat" 'Spamhaus ZEN'
ok 'a reply has the page for removal' has "$folder/flat" 'https://check.spamhaus.org/'
cp "$out" "$folder/page"
run smtpcodes explain <<<"$reply"
ok 'a reply from standard input is understood' went 0
ok 'and gets the same page' same "$out" "$folder/page"

run smtpcodes explain < <(printf '550-5.2.2 The mailbox\r\n550 5.2.2 is over quota.\r\n')
ok 'the whole of standard input is one reply' has "$out" 'mailbox-full'
run smtpcodes explain 'good morning'
ok 'what is no reply is not understood' went 1
run smtpcodes explain </dev/null
ok 'nothing is not understood' went 1

run smtpcodes explain 250 999 550
ok 'of several queries one that is unknown is told by the status' went 1
ok 'and the others are answered' is "$(grep -cE '^(250|999|550)  ' "$out")" 3
run smtpcodes explain 250 550
ok 'several queries that are known' went 0
ok 'are parted by an empty line' is "$(grep -B 1 '^550  ' "$out" | head -n 1)" ''

# ---- colour

on_terminal() { # VARIABLE=VALUE... : a page as a terminal sees it
    script -qec "env -u NO_COLOR TERM=xterm $* '$command' explain 550" /dev/null </dev/null >"$out"
}
on_terminal A=
ok 'a terminal gets colour' has "$out" "${escape}["
on_terminal NO_COLOR=1
ok 'no colour with NO_COLOR' hasnt "$out" "$escape"
ok 'but the page' has "$out" 'MAILBOX_UNAVAILABLE'
on_terminal TERM=dumb
ok 'no colour on a dumb terminal' hasnt "$out" "$escape"
TERM=xterm run smtpcodes explain 550
ok 'no colour in a pipe' hasnt "$out" "$escape"
run smtpcodes explain --color=always 550
ok '--color=always has escapes in a pipe too' has "$out" "${escape}["
sed $'s/\e\\[[0-9;]*m//g' "$out" >"$folder/plain"
run smtpcodes explain --color=never 550
ok '--color=never has none' hasnt "$out" "$escape"
ok 'and is the same page otherwise' same "$out" "$folder/plain"
on_terminal A= # to see that auto, given by name, is what no option is
cp "$out" "$folder/page"
script -qec "env TERM=xterm '$command' explain --color=auto 550" /dev/null </dev/null >"$out"
ok '--color=auto is the default' same "$out" "$folder/page"

# ---- strangers' bytes

run smtpcodes explain $'550 5.1.1 \e[31mUser \a\x07unknown\e[0m'
ok 'control characters of a reply reach no terminal' hasnt "$out" "$escape"
ok 'nor does a bell' hasnt "$out" $'\a'
run smtpcodes explain $'550 5.1.1 User \xff\xfe unknown'
ok 'a reply that is no UTF-8 gives a page that is' iconv -f UTF-8 -t UTF-8 -o /dev/null "$out"
