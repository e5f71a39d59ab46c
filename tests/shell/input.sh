#!/usr/bin/env bash
# classify: hostile, long and much input. Usage: input.sh COMMAND
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"

is_utf8() {
    [[ -s $out ]] && iconv -f UTF-8 -t UTF-8 "$out" -o /dev/null
}

# ---- bytes

printf '550 5.2.2 \0 The mailbox is \0full\n452 4.2.2 The mailbox is full\n' >"$folder/nul"
for format in text csv; do
    run smtpcodes classify --format "$format" <"$folder/nul"
    ok "a NUL byte inside a line: no line is lost ($format)" is "$(grep -c mailbox-full "$out")" 2
done
run smtpcodes classify --format jsonl <"$folder/nul"
ok 'a NUL byte inside a line: JSON' json_lines 2 '.reason == "mailbox-full"'
run smtpcodes classify --input jsonl --format jsonl <<<'{"text": "550 5.2.2 \u0000 The mailbox is full"}'
ok 'a NUL in the text of a JSON object stays' json_is '.text == "550 5.2.2 \u0000 The mailbox is full"' true
ok 'and what stands behind it counts' json_is .evidence 'mailbox is full'

# bytes that no UTF-8 has, a character cut in two, an overlong one, a surrogate, beyond U+10FFFF
printf '%b\n' '550 5.1.1 User\xff\xfe unknown' '550 5.1.1 User unknown \xc3' '550 5.1.1 \xc0\xaf User unknown' \
    '550 5.1.1 User \xed\xa0\x80 unknown' '550 5.1.1 \xf5\x80\x80\x80 User unknown' '\xff' >"$folder/bytes"
run smtpcodes classify <"$folder/bytes"
ok 'invalid UTF-8: a line each' lines "$out" 6
ok 'invalid UTF-8: the text out is valid' is_utf8
run smtpcodes classify --format jsonl <"$folder/bytes"
ok 'invalid UTF-8: the JSON out is valid' json_lines 6
ok 'invalid UTF-8: in UTF-8' is_utf8
ok 'invalid UTF-8: an enhanced code and words around it still count' is "$(jq -s 'map(select(.reason == "user-unknown")) | length' "$out")" 5
run smtpcodes classify --format csv <"$folder/bytes"
ok 'invalid UTF-8: the CSV out is valid' is_utf8
# every byte within what decides: evidence goes out through the same door
python3 -c 'import sys; [sys.stdout.buffer.write(b"550 5.1.1 User" + bytes([b]) + b"unknown\0") for b in range(1, 256)]' >"$folder/every"
run smtpcodes classify --input nul --format jsonl <"$folder/every"
ok 'every byte inside a reply: JSON' json_lines 255
ok 'every byte inside a reply: in UTF-8' is_utf8
run smtpcodes classify --input nul <"$folder/every"
ok 'every byte inside a reply: text of one line each' lines "$out" 255
ok 'every byte inside a reply: no control character comes out' is "$(tr -dc '\000-\037\177' <"$out" | tr -d '\n' | od -An -c)" ''
run smtpcodes classify --input jsonl --format jsonl <"$folder/bytes"
ok 'invalid UTF-8 is no JSON: a complaint a line' is "$status $(grep -c '^smtpcodes: standard input:[1-6]: ' "$err")" '1 6'

# ---- long lines

long() { # BYTES: a reply of so many bytes, its cause at the end of the first kilobyte
    printf '550 5.2.2 %0900d The mailbox is full ' 0
    head -c $(($1 - 931)) /dev/zero | tr '\0' x
}
long 10000000 >"$folder/long"
ok 'a reply of 10 MB has its size' is "$(stat -c %s "$folder/long")" 10000000
run smtpcodes classify --format jsonl <"$folder/long"
ok 'a line of 10 MB' went 0
ok 'has its verdict' json_lines 1 '.reason == "mailbox-full"'
{ long 10000000 && echo && echo '452 4.2.2 The mailbox is full'; } >"$folder/two"
run smtpcodes classify <"$folder/two"
ok 'a line of 10 MB as text is all there' is "$(head -n 1 "$out" | tail -c 10000001 | cmp - <(cat "$folder/long" && echo) && echo same)" same
ok 'and the next line follows' lines "$out" 2
{ long 20000000 && echo && echo '452 4.2.2 The mailbox is full' && long 20000000; } >"$folder/three"
for format in text jsonl csv; do
    run smtpcodes classify --format "$format" <"$folder/three"
    ok "lines of 20 MB are told by the status ($format)" is "$status" 1
    ok "with one warning each ($format)" is "$(cat "$err")" \
        "$(printf 'smtpcodes: standard input:%d: longer than 16 MiB, its rest is passed over\n' 1 3)"
    ok "every line has a verdict ($format)" is "$(grep -c mailbox-full "$out")" 3
done
{ long 16777216 && echo && echo 250; } >"$folder/limit"
run smtpcodes classify --format jsonl <"$folder/limit"
ok 'a line of 16 MiB is not too long' went 0
run smtpcodes classify --format jsonl < <(printf '\0' && long 20000000)
ok 'one of 20 MB that begins with a NUL is cut too' complained 1 'standard input:1: longer than 16 MiB'

# ---- many lines

seq 70000 | awk '{ printf "{\"id\": %d, \"text\": \"%s\"}\n", $1, $1 % 3 ? "550 5.1.1 User unknown" : $1 % 2 ? "" : "452 full \\u00e9" }' >"$folder/many"
run smtpcodes classify --input jsonl --format jsonl <"$folder/many"
ok '70,000 JSON lines in, 70,000 out' lines "$out" 70000
ok 'in their order' same <(jq .id "$out") <(seq 70000)
seq -f '550 5.1.1 <user%.0f@example.org>: User unknown' 70000 >"$folder/many"
run smtpcodes classify <"$folder/many"
ok '70,000 lines in, 70,000 out' lines "$out" 70000
ok 'with their replies, in their order' same <(grep -o '550 .*' "$out") "$folder/many"
run smtpcodes classify --format csv <"$folder/many"
ok '70,000 lines in, a header and 70,000 out' lines "$out" 70001
run smtpcodes classify --input nul --format jsonl < <(tr '\n' '\0' <"$folder/many")
ok '70,000 records in, 70,000 out' lines "$out" 70000

# ---- one by one

# Each line is written only when the verdict on the one before has come.
one_by_one() {
    local line
    coproc reply { exec "$command" classify --line-buffered "$@"; }
    # shellcheck disable=SC2154 # coproc sets reply and reply_PID
    for line in 250 354 421; do
        echo "$line" >&"${reply[1]}"
        read -r -t 20 -u "${reply[0]}" line || {
            echo "no verdict on $line"
            kill "$reply_PID"
            return 1
        }
        echo "$line"
    done
    eval "exec ${reply[1]}>&-"
    wait "$reply_PID"
}
ok '--line-buffered: a verdict comes before the next line is written' one_by_one
ok '--line-buffered: in JSON too' one_by_one --format jsonl
ok '--line-buffered: with threads too' one_by_one --jobs 2
