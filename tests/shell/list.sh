#!/usr/bin/env bash
# list: every table in every format. Usage: list.sh COMMAND DATA
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"
data=$2

csv_shape() { # ROWS: a header and this many rows, as wide as it
    python3 - "$out" "$1" <<'PYTHON'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline=""), strict=True))
wrong = [r for r in rows if len(r) != len(rows[0])]
if wrong or len(rows) != int(sys.argv[2]) + 1 or not all(rows[0]):
    sys.exit(f"{len(rows)} rows, of another width than the header: {wrong[:3]}")
PYTHON
}

for row in codes:CODE_NAME_COLUMN:2 enhanced:NAME:2 reasons:NAME:2 providers:NAME:1 blocklists:NAME:1 rules:NAME:1 \
    vocabularies:NAME:1 terms:TERM:2; do
    table=${row%%:*}
    column "$data/$table.tsv" "${row##*:}" | grep -vx -e - >"$folder/names" # "-" is no term
    count=$(wc -l <"$folder/names")
    run smtpcodes list "$table"
    ok "$table as text" went 0
    ok "$table as text: a line a row" lines "$out" "$count"
    run smtpcodes list --format text "$table"
    cp "$out" "$folder/text"
    run smtpcodes list "$table" --format=text
    ok "$table: options before and behind the name" same "$out" "$folder/text"
    run smtpcodes list --format csv "$table"
    ok "$table as CSV" went 0
    ok "$table as CSV: columns are constant" csv_shape "$count"
    head -n 1 "$out" | tr ',' '\n' >"$folder/header"
    run smtpcodes list --format json "$table"
    ok "$table as JSON" went 0
    ok "$table as JSON is JSON" python3 -m json.tool "$out" /dev/null
    ok "$table as JSON: an object a row" json_is length "$count"
    ok "$table as JSON: all have the keys of the CSV header" \
        json_is 'map(keys_unsorted) | unique | map(join(" ")) | .[]' "$(paste -sd ' ' "$folder/header")"
    case $table in codes | enhanced) key=name ;; vocabularies) key=vocabulary ;; *) key=${table%s} ;; esac
    ok "$table as JSON: every name of the data, in the order of the data" \
        json_is "map(.$key) | join(\" \")" "$(paste -sd ' ' "$folder/names")"
    # verdicts have them as they are, in JSON and in CSV (terms may hold anything)
    if [[ $table != terms ]]; then
        ok "$table: no name needs an escape" is "$(grep -vxE '[A-Za-z0-9_/-]+' "$folder/names")" ''
    fi
done

run smtpcodes list
cp "$out" "$folder/plain"
run smtpcodes list codes --format text
ok 'without a table it lists the codes as text' same "$out" "$folder/plain"

run smtpcodes list --format json
ok 'a code is a number in JSON' json_is 'map(.code | type) | unique | .[]' number
ok 'what has no value is null' json_is '.[] | select(.code == 101) | .commands' null
# RFC 5321 4.2.3, and 555 and 252 as the text of 4.1.1.11 and 3.5.3 adds them
standard='211 214 220 221 250 251 252 354 421 450 451 452 455 500 501 502 503 504 550 551 552 553 554 555'
ok 'the codes of RFC 5321 are standard' \
    json_is "[.[] | select(.standing == \"standard\") | .code] as \$have | [$(tr ' ' , <<<"$standard")] - \$have" '[]'

for table in codes enhanced; do
    for standing in standard extension obsolete nonstandard; do
        count=$(column "$data/$table.tsv" 3 | grep -cx "$standing")
        run smtpcodes list --format json --standing "$standing" "$table"
        ok "$table --standing $standing: rows of the data" json_is length "$count"
        ok "$table --standing $standing: and no others" json_is "map(select(.standing != \"$standing\"))" '[]'
        run smtpcodes list --format csv --standing "$standing" "$table"
        ok "$table --standing $standing as CSV" csv_shape "$count"
        run smtpcodes list --standing "$standing" "$table"
        ok "$table --standing $standing as text" lines "$out" "$count"
    done
done

# ---- reasons in the words of others

run smtpcodes list reasons --as ses --format json
ok 'reasons --as: a row a reason' json_is length "$(grep -c '^[0-9]' "$data/reasons.tsv")"
ok 'reasons --as: with the terms' json_is '.[] | select(.reason == "user-unknown") | [.permanent_term, .temporary_term]' \
    '["Permanent/NoEmail","Transient/General"]'
ok 'reasons --as: null where there is none' json_is '.[] | select(.reason == "accepted") | .permanent_term' null
run smtpcodes list --as sparkpost reasons
ok 'reasons --as: text has reason and terms' is "$(tr -s ' ' <"$out" | head -n 2 | paste -sd ,)" 'user-unknown 10 20,mailbox-full 22 22'
ok 'reasons --as: text has a dash for none' has <(tr -s ' ' <"$out") 'accepted - -'
run smtpcodes list --format csv --as anymail reasons
ok 'reasons --as: CSV has two columns more' is "$(head -n 1 "$out" | cut -d , -f 10-)" permanent_term,temporary_term
run smtpcodes list terms --format json
ok 'terms: the reason where a term stands for one' \
    json_is '.[] | select(.vocabulary == "powermta" and .term == "virus-related") | .reason' virus
ok 'terms: and null where it does not' \
    json_is '.[] | select(.vocabulary == "powermta" and .term == "bad-mailbox") | .reason' null
