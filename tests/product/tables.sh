#!/usr/bin/env bash
# The same data give the same tables, wherever and whenever they are made. Usage: tables.sh MKTABLES DATA
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
mktables=$(realpath "$1")
data=$(realpath "$2")
made='tables.c smtpcodes/codes.h smtpcodes/reasons.h'

mkdir -p "$folder"/{one,two,three}/smtpcodes "$folder/elsewhere/of another name"
run "$mktables" "$data" "$folder/one"
ok 'the tables are made' is "$status $(cat "$out" "$err")" '0 '
ok 'these files and no others' is "$(cd "$folder/one" && find . -type f | sort | paste -sd ' ')" \
    './smtpcodes/codes.h ./smtpcodes/reasons.h ./tables.c'

run "$mktables" "$data" "$folder/two"
cp "$data"/*.tsv "$folder/elsewhere/of another name"
cd "$folder/elsewhere" || exit 1
run env -i LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu HOME=/ USER=nobody "$mktables" 'of another name' ../three
ok 'from another folder: made' is "$status" 0
for file in $made; do
    ok "twice the same: $file" same "$folder/one/$file" "$folder/two/$file"
    ok "the same from another folder, in another environment: $file" same "$folder/one/$file" "$folder/three/$file"
done

touch -d 2001-01-01 "$folder"/one/*.* "$folder"/one/smtpcodes/*
stamps() {
    (cd "$folder/one" && stat -c '%n %y' "$@")
}
# shellcheck disable=SC2086 # a list of words
before=$(stamps $made)
run "$mktables" "$data" "$folder/one"
# shellcheck disable=SC2086
ok 'a second run leaves the files alone' is "$status $(stamps $made)" "0 $before"

sed -i 's/Mailbox is full/The mailbox is full/' 'of another name/reasons.tsv'
run "$mktables" 'of another name' "$folder/one"
ok 'a title that changes is written' is "$status $(cmp -s "$folder/one/tables.c" "$folder/two/tables.c" || echo differs)" '0 differs'
# shellcheck disable=SC2086
ok 'and only the file that it stands in' is "$(stamps smtpcodes/codes.h smtpcodes/reasons.h)" "$(sed 1d <<<"$before")"

# The version of the knowledge changes with any file, though it be a comment.
version() { # FOLDER
    sed -n 's/^const char smtpcodes__knowledge_version\[9\] = "\([0-9a-f]*\)";$/\1/p' "$1/tables.c"
}
versions=$(version "$folder/two")
for file in "$data"/*.tsv; do
    cp "$data"/*.tsv 'of another name'
    echo '# one more comment' >>"of another name/$(basename "$file")"
    "$mktables" 'of another name' "$folder/one" && versions+=$'\n'$(version "$folder/one")
done
ok 'each file has its part in the version' is \
    "$(sort -u <<<"$versions" | grep -cE '^[0-9a-f]{8}$')" "$(($(find "$data" -name '*.tsv' | wc -l) + 1))"

# The pool of strings has what can be asked for, each once, and not the words of phrases: these are symbols by then.
pool() { # FOLDER: a string a line
    sed -n '/^const char smtpcodes__strings/,/^};/p' "$1/tables.c" | sed 1d | tr -cs '0-9' '\n' |
        LC_ALL=C awk 'NF { printf "%c", $1 ? $1 : 10 }'
}
cp "$data"/*.tsv 'of another name'
printf 'my/pooled\tspam\tplain\t-\tzebrafish pond\t550 An example that is pooled\tme\n' >>'of another name/rules.tsv'
run "$mktables" 'of another name' "$folder/one"
pool "$folder/one" >"$folder/pool"
ok 'the pool: name and example of a rule' is \
    "$(grep -cxE 'my/pooled|550 An example that is pooled|spam' "$folder/pool")" 3
ok 'the pool: no word of its phrases' is "$(grep -cE 'zebrafish' "$folder/pool")" 0

run "$mktables" "$folder/nowhere" "$folder/one"
ok 'no data: says which file' is "$status $(grep -c "^mktables: $folder/nowhere/words.tsv: " "$err")" '1 1'
run "$mktables" "$data" "$folder/nowhere"
ok 'no folder to write to: says which file' is "$status $(grep -c "^mktables: $folder/nowhere/smtpcodes/reasons.h: " "$err")" '1 1'
run "$mktables" "$data"
ok 'wrong use' is "$status $(cat "$err")" '2 usage: mktables DATA OUT'
