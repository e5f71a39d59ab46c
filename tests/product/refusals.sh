#!/usr/bin/env bash
# The generator stops at the first doubtful line, with file and line, and writes nothing. Usage: refusals.sh MKTABLES DATA
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
mktables=$1
data=$2
tab=$'\t'
# A generator that stops leaves its memory to the system: no leak that anybody pays for.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
mkdir -p "$folder/data" "$folder/out/smtpcodes"

restore() {
    find "$folder/out" -type f -delete
    cp "$data"/*.tsv "$folder/data"
    chmod u+w "$folder/data"/*
}

# refused NAME FILE LINE TEXT: the data as they are now are refused for this line and this reason.
refused() {
    run "$mktables" "$folder/data" "$folder/out"
    ok "$2: $1" stopped "$folder/data/$2:$3: " "$4"
    restore
}

stopped() { # WHERE TEXT
    is "$status" 1 && lines "$err" 1 && has "$err" "$2" &&
        is "$(head -c ${#1} "$err")" "$1" && is "$(find "$folder/out" -type f)" ''
}

rows() { # FILE
    wc -l <"$folder/data/$1"
}

# cell FILE COLUMN VALUE TEXT [NAME] [ROW]: a row, the last if not told, with another value in one column.
cell() {
    local line=${6:-'[^#]'}
    line=$(grep -n "^$line" "$data/$1" | tail -n 1 | cut -d : -f 1)
    awk -F '\t' -v OFS='\t' -v line="$line" -v column="$2" -v value="$3" \
        'NR == line { $column = value } { print }' "$data/$1" >"$folder/data/$1"
    refused "${5:-column $2 is $3}" "$1" "$line" "$4"
}

# row FILE TEXT NAME COLUMN...: one more row.
row() {
    local file=$1 text=$2 name=$3
    (IFS=$tab && echo "${*:4}") >>"$folder/data/$file"
    refused "$name" "$file" "$(rows "$file")" "$text"
}

restore
run "$mktables" "$folder/data" "$folder/out"
ok 'the data as they are pass' is "$status $(cat "$err")" '0 '
restore

# ---- any file

row codes.tsv 'columns, there must be 9' 'too few columns' 599 NAME
row words.tsv 'columns, there must be 3' 'too many columns' word noise - -
row reasons.tsv 'columns, there must be 10' 'a comment behind a tab' 99 '# nothing'
row words.tsv 'column 2 is empty' 'an empty column' word '' -
row words.tsv 'spaces around' 'a space before' word ' noise' -
row words.tsv 'spaces around' 'a space behind' word noise '- '
row words.tsv 'no UTF-8' 'bytes that are no UTF-8' $'w\xff' noise -
row words.tsv 'no UTF-8' 'an overlong character' $'w\xc0\xaf' noise -
row words.tsv 'control character' 'a CR at the end' word noise $'-\r'
for file in blocklists codes cues enhanced examples providers reasons rules terms vocabularies words; do
    printf '# cut' >>"$folder/data/$file.tsv"
    run "$mktables" "$folder/data" "$folder/out"
    ok "$file.tsv: the last line has no end" is "$status $(cat "$err")" "1 $folder/data/$file.tsv: the last line has no end"
    restore
done
printf '# \0\n' >>"$folder/data/rules.tsv"
run "$mktables" "$folder/data" "$folder/out"
ok 'rules.tsv: a NUL byte' is "$status $(cat "$err")" "1 $folder/data/rules.tsv: a NUL byte in the file"
restore
rm "$folder/data/cues.tsv"
run "$mktables" "$folder/data" "$folder/out"
ok 'cues.tsv: no such file' is "$status $(cat "$err")" "1 mktables: $folder/data/cues.tsv: No such file or directory"
restore

# ---- words.tsv

row words.tsv 'unknown kind "sound"' 'an unknown kind' word sound -
row words.tsv '"the" is listed twice' 'a noise word twice' the noise -
row words.tsv '"not" is listed twice' 'a negation twice' not alias not
row words.tsv 'not listed' 'an alias of nothing' zebras alias zebra
row words.tsv 'comes after other words' 'a negation too late' hardly negation -
row words.tsv 'stands for no other word' 'noise that stands for a word' zebra noise stripes
row words.tsv 'stands for no other word' 'a word that stands for another' zebra word stripes
row words.tsv 'not one word' 'two words' 'two words' noise -

# ---- reasons.tsv

cell reasons.tsv 1 99 'append, never renumber' 'a gap in the numbers'
cell reasons.tsv 1 1 'append, never renumber' 'a number twice'
cell reasons.tsv 1 "$(grep -c '^[0-9]' "$data/reasons.tsv")th" 'append, never renumber' 'a number with letters'
cell reasons.tsv 2 Odd-Reason 'no name in a-z' 'a name in upper case'
cell reasons.tsv 2 -odd 'no name in a-z' 'a name that begins with a hyphen'
cell reasons.tsv 2 mailbox-full '"mailbox-full" stands in this file already' 'a name twice'
cell reasons.tsv 3 nobody 'unknown side "nobody"'
cell reasons.tsv 4 springy 'unknown bounce "springy"'
cell reasons.tsv 5 panic 'unknown action "panic"'
cell reasons.tsv 6 springy 'unknown bounce "springy"'
cell reasons.tsv 7 panic 'unknown action "panic"'

# ---- codes.tsv

cell codes.tsv 1 59 'no code of three digits'
cell codes.tsv 1 1000 'no code of three digits'
cell codes.tsv 1 5x9 'no code of three digits'
cell codes.tsv 1 +99 'no code of three digits' 'a sign for a digit' 101
cell codes.tsv 1 550 'out of order' 'a code that stands above'
cell codes.tsv 2 odd_name 'no name in A-Z' 'a name in lower case'
cell codes.tsv 2 9TH 'no name in A-Z' 'a name that begins with a digit'
cell codes.tsv 2 OK '"OK" stands in this file already' 'a name twice'
cell codes.tsv 3 official 'unknown standing "official"'
cell codes.tsv 4 bad-mood 'unknown reason "bad-mood"'
cell codes.tsv 4 bad-mood? 'unknown reason "bad-mood"'
cell codes.tsv 5 mail,jump 'unknown command "jump"'
cell codes.tsv 5 mail,rcpt,mail 'the command "mail" stands twice'
cell codes.tsv 5 mail,,rcpt 'unknown command ""'
cell codes.tsv 9 '(one|two' 'is missing' 'a stock text without its bracket' 250
cell codes.tsv 4 - 'a stock text decides' 'a stock text without a reason' 250

# ---- enhanced.tsv

cell enhanced.tsv 1 5.1 'no pattern'
cell enhanced.tsv 1 3.1.1 'no pattern'
cell enhanced.tsv 1 x.x.1 'no pattern'
cell enhanced.tsv 1 x.1.1000 'no pattern'
cell enhanced.tsv 1 5.7.9-5 'no pattern'
cell enhanced.tsv 1 x.99.1 'no room' 'a subject far beyond the others'
cell enhanced.tsv 1 x.1.1 'has a row already' 'a code that has a row'
cell enhanced.tsv 1 x.7.0-2 'has a row already' 'a range over codes that have rows'
cell enhanced.tsv 1 5.x.x 'has a row already' 'a class that has a row'
cell enhanced.tsv 2 odd_name 'no name in A-Z' 'a name in lower case'
cell enhanced.tsv 2 BAD_MAILBOX_ADDRESS 'stands in this file already' 'a name twice'
cell enhanced.tsv 3 official 'unknown standing "official"'
cell enhanced.tsv 4 bad-mood 'unknown reason "bad-mood"'
cell enhanced.tsv 5 45O,550 '45O' 'a basic code with a letter'

# ---- providers.tsv, blocklists.tsv

cell providers.tsv 1 Odd 'no name in a-z' 'a name in upper case'
cell providers.tsv 1 google '"google" stands in this file already' 'a name twice'
cell providers.tsv 4 gsmtp 'gsmtp' 'the mark of another provider'
cell blocklists.tsv 5 zen.spamhaus.org 'zen spamhaus org' 'the mark of another list'
cell providers.tsv 3 'mx[.example.org' 'missing' 'an mx name that is no phrase'
cell providers.tsv 4 'odd ~99 mark' 'a gap is ~1 to' 'a mark with too wide a gap'
cell blocklists.tsv 1 odd_list 'no name in a-z' 'a name with an underscore'
cell blocklists.tsv 1 spamhaus-zen '"spamhaus-zen" stands in this file already' 'a name twice'
cell blocklists.tsv 4 mail 'unknown kind "mail"'
cell blocklists.tsv 5 - 'without marks' 'a list without marks'
cell blocklists.tsv 5 'odd list ; the odd list' 'the phrase "the odd list" says what' 'a mark twice, but for noise'
cell blocklists.tsv 5 'odd | list' 'unexpected "|"' 'a mark with a stray bar'

# ---- cues.tsv

cell cues.tsv 1 odd '"odd" is no name' 'a name without a group'
cell cues.tsv 1 later/try-again-later 'stands in this file already' 'a name twice'
cell cues.tsv 2 soon 'unknown kind "soon"'
cell cues.tsv 3 '{mood} later' 'unknown kind "{mood}' 'an unknown kind of word'

# ---- rules.tsv

rule() { # TEXT NAME LEVEL WHEN PHRASES [RULE] [REASON]
    row rules.tsv "$1" "$2" "${6:-test/rule}" "${7:-policy}" "$3" "$4" "$5" '550 example' field
}
rule 'no rule name' 'a name without a group' plain - 'zebra zoo' zebra
rule 'no rule name' 'a name with two groups' plain - 'zebra zoo' a/b/c
rule 'no rule name' 'a name in upper case' plain - 'zebra zoo' Test/rule
rule 'stands in line' 'a name twice' plain - 'zebra zoo' mailbox-full/full
rule 'unknown reason "bad-mood"' 'an unknown reason' plain - 'zebra zoo' test/rule bad-mood
rule 'unknown level "loud"' 'an unknown level' loud - 'zebra zoo'
rule '"550" is no condition' 'a condition without a name' plain 550 'zebra zoo'
rule 'unknown condition "day=monday"' 'an unknown condition' plain day=monday 'zebra zoo'
rule 'unknown condition "quotes=server"' 'quotes of somebody else' plain quotes=server 'zebra zoo'
rule '"5x0" is no code' 'a code with x before a digit' plain code=5x0 'zebra zoo'
rule 'is no pattern of enhanced codes' 'a bad enhanced code' plain enhanced=5.1 'zebra zoo'
rule 'unknown stage "lunch"' 'an unknown stage' plain stage=lunch 'zebra zoo'
rule 'unknown provider "acme-mail"' 'an unknown provider' plain provider=acme-mail 'zebra zoo'
rule 'unknown kind of list "none"' 'a list that lists nothing' plain list=none 'zebra zoo'
rule 'stands twice: write code=A,B' 'a condition twice' plain 'code=550 code=551' 'zebra zoo'
rule 'the value "550" of code stands twice' 'a value twice' plain code=550,550 'zebra zoo'
rule 'the phrase "zebra zoo" says what' 'a phrase twice' plain - 'zebra zoo ; zoo zebra ; zebra zoo'
rule 'the phrase "zebra [zoo]" says what' 'a phrase of readings that stand there' plain - 'zebra zoo ; (big|small) zebra ; zebra ; zebra [zoo]'
rule 'inside each other' 'too many brackets inside each other' plain - "$(printf '(%.0s' {1..20})zoo$(printf ')%.0s' {1..20})"
row rules.tsv 'columns, there must be 7' 'how rules are used is for users to say' layer last
rule 'unknown stage ""' 'an empty value' plain stage=rcpt, 'zebra zoo'
rule 'needs the condition provider=, list= or quotes=' 'neither phrases nor a provider' plain - -
printf '%s\n' "test/first${tab}spam${tab}plain${tab}-${tab}zebra zoo${tab}550 example${tab}field" >>"$folder/data/rules.tsv"
rule 'has a phrase that "test/first" in line' 'the words of a rule for another reason' plain - 'zoo ; zebra zoo'
row rules.tsv example 'a rule without an example' test/rule policy plain - 'zebra zoo' - field
row rules.tsv source 'a rule without a source' test/rule policy plain - 'zebra zoo' '550 zebra zoo' -
rule 'a phrase is empty' 'a phrase of noise alone' plain - 'the'
rule 'a phrase is empty' 'nothing between semicolons' plain - 'zebra zoo ; ; zoo'
rule 'missing' 'an open bracket' plain - 'zebra (zoo|zoos'
rule 'missing' 'an open square bracket' plain - 'zebra [zoo'
rule 'unexpected ")"' 'a bracket too many' plain - 'zebra zoo)'
rule 'a gap is ~1 to' 'a gap of nothing' plain - 'zebra ~0 zoo'
rule 'a gap stands between words' 'a gap at the end' plain - 'zebra zoo ~2'
rule 'more than' 'too many gaps' plain - 'zebra ~1 zoo ~1 zebra ~1 zoo'
rule 'before the star' 'too short a prefix' plain - 'z* zoo'
rule 'star' 'a star inside a word' plain - 'zeb*ra zoo'
rule 'unexpected "*"' 'a star alone' plain - 'zebra * zoo'
rule 'unknown kind "{zebra}' 'an unknown kind of word' plain - '{zebra} zoo'
rule 'has no word in it' 'a mark that is no word' plain - 'zebra ,, zoo'
rule 'alternatives multiply' 'too many alternatives' plain - "$(printf '(za|zb|zc|zd|ze|zf) %.0s' 1 2 3 4 5 6 7)zoo"
rule 'more than' 'too many words' plain - "$(seq -f 'zoo%.0f' -s ' ' 100)"

# ---- vocabularies.tsv, terms.tsv

cell vocabularies.tsv 1 acme '"acme" is not the next of SMTPCODES_VOCABULARY_MAP: anymail' 'a vocabulary without a number'
cell vocabularies.tsv 1 anymail 'is not the next of SMTPCODES_VOCABULARY_MAP: powermta' 'vocabularies out of order' powermta
row vocabularies.tsv 'is not the next of SMTPCODES_VOCABULARY_MAP: there is none' 'a vocabulary too many' acme Acme class field
sed -i '/^anymail/d' "$folder/data/vocabularies.tsv"
refused 'a vocabulary that is missing' vocabularies.tsv "$(rows vocabularies.tsv)" 'no row for the vocabulary "anymail"'

term='anymail.unsubscribed' # stands for no reason, so that one may be put there
cell terms.tsv 1 acme 'unknown vocabulary "acme"' 'an unknown vocabulary' "$term"
cell terms.tsv 2 spam '"spam" is a term of "anymail" already' 'a term twice' "$term"
cell terms.tsv 3 bad-mood 'unknown reason "bad-mood"' 'an unknown reason' "$term"
cell terms.tsv 3 '(bad-mood)' 'unknown reason "bad-mood"' 'an unknown reason that is only read' "$term"
cell terms.tsv 3 '(spam' 'unknown reason "(spam"' 'a bracket that is open' "$term"
cell terms.tsv 3 'spam:hard ' 'spaces around' 'a space behind' "$term"
cell terms.tsv 3 'spam:hard  virus:hard' 'unknown reason ""' 'two spaces' "$term"
cell terms.tsv 3 'spam:hard -' 'unknown reason "-"' 'no reason among reasons' "$term"
cell terms.tsv 3 spam:springy 'unknown bounce "springy"' 'an unknown bounce' "$term"
cell terms.tsv 3 spam: 'unknown bounce ""' 'a bounce that is missing' "$term"
cell terms.tsv 3 spam '"spam" is "spam" already' 'a reason with two terms' "$term"
cell terms.tsv 3 address-invalid:soft,hard '"address-invalid" is "invalid" already' 'a reason and bounce with two terms' "$term"
cell terms.tsv 3 'spam:hard spam:soft' '"spam" stands twice: write reason:bounce,bounce' 'a reason twice in a cell' "$term"
cell terms.tsv 3 'spam:hard (spam)' '"spam" stands twice' 'a reason that is written and read' "$term"
cell terms.tsv 3 - 'the term "-" is for reasons' 'no reason for no term' anymail.-
cell terms.tsv 3 'accepted (continue)' 'unknown reason "(continue)"' 'no term that is read' anymail.-
row terms.tsv 'the terms of "sparkpost" stand together' 'a term behind those of another vocabulary' sparkpost 99 - Ninety-nine
row terms.tsv '"accepted" has a term, and has none' 'a reason with a term and none' anymail fine accepted Delivered
sed -i 's/^\(anymail.spam.\)spam/\1spam:hard/' "$folder/data/terms.tsv"
refused 'a reason with a term for one bounce only' terms.tsv "$(rows terms.tsv)" \
    '"anymail" has no term for "spam" with every bounce'
sed -i 's/^\(ses.-.\)accepted continue/\1accepted/' "$folder/data/terms.tsv"
refused 'a reason without a term' terms.tsv "$(grep -n "^ses${tab}-" "$data/terms.tsv" | cut -d : -f 1)" \
    '"ses" has no term for "continue" with every bounce'
