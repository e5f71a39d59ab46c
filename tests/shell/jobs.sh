#!/usr/bin/env bash
# classify --jobs: several threads, the same output. Usage: jobs.sh COMMAND
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"

# ---- the same bytes in the same order

# 60,000 replies, each with its number, so that none can stand in the place of another: several dozen blocks of input.
# A reply of half a megabyte keeps one thread busy while others go on; some have bytes that are to be escaped.
# As JSON, what is none and what lacks the text stand between them.
python3 - "$folder" <<'PYTHON'
import json
import sys

texts = [
    b"550 5.1.1 <user%d@example.org>: Recipient address rejected: User unknown",
    b'452 4.2.2 The mailbox of "user%d" is full, or \\ nearly so',
    b"451 parcel %d \xff lost in \xe2\x80\xa8 the zoo",
    b"hello %d",
]
with open(sys.argv[1] + "/lines", "wb") as lines, open(sys.argv[1] + "/jsonl", "w", encoding="ascii") as objects:
    for i in range(1, 60001):
        text = texts[i % 4] % i + (b" " + 500000 * b"x" if i % 20000 == 1 else b"")
        lines.write(text + b"\n")
        if i % 3000 == 0:
            objects.write("this is no JSON\n")
            continue
        key = "reply" if i % 3001 == 0 else "text"
        objects.write(json.dumps({"id": i, key: text.decode("latin-1"), **({"reason": "mine"} if i % 7 == 0 else {})}))
        objects.write("\n")
PYTHON
tr '\n' '\0' <"$folder/lines" >"$folder/nul"
ok 'the lines are as many as they should be' lines "$folder/lines" 60000
ok 'and so are the JSON lines' lines "$folder/jsonl" 60000

# Output and complaints, and in one stream, so that the place of a complaint counts too.
as_one_job() { # INPUT ARGUMENT...
    run smtpcodes classify --input "$1" --jobs "$jobs" "${@:2}" <"$folder/$1"
    is "$status" "$wanted_status" && same "$out" "$folder/out" && cmp "$err" "$folder/err" || return
    smtpcodes classify --input "$1" --jobs "$jobs" "${@:2}" <"$folder/$1" >"$folder/both.jobs" 2>&1
    same "$folder/both.jobs" "$folder/both"
}

for input in lines nul jsonl; do
    for arguments in '--format text' '--format jsonl' '--format csv' '--format csv --as ses' '--unknown'; do
        read -ra words <<<"$arguments"
        run smtpcodes classify --input "$input" "${words[@]}" <"$folder/$input"
        cp "$out" "$folder/out"
        cp "$err" "$folder/err"
        wanted_status=$status
        smtpcodes classify --input "$input" "${words[@]}" <"$folder/$input" >"$folder/both" 2>&1
        for jobs in 1 2 8; do
            ok "$input, $arguments: $jobs jobs give what one gives" as_one_job "$input" "${words[@]}"
        done
    done
done
ok 'JSON lines: the complaints were there' lines "$folder/err" $((60000 / 3000 + 60000 / 3001))
run smtpcodes classify --jobs 8 <"$folder/lines"
ok 'every reply has its line' lines "$out" 60000
ok 'in the order of the input' same <(grep -oE '(parcel|hello) [0-9]+' "$out") <(grep -aoE '(parcel|hello) [0-9]+' "$folder/lines")
run smtpcodes classify --jobs 0 --format csv <"$folder/lines"
ok '0: as many as there are processors' lines "$out" 60001
run smtpcodes classify --jobs 64 --format csv </dev/null
ok 'without input: the header of CSV alone' lines "$out" 1
run smtpcodes classify --jobs 2 '550 5.1.1 User unknown' hello
ok 'arguments are looked at one by one' is "$status $(awk '{ print $1 }' "$out" | paste -sd ' ')" '1 user-unknown unknown'

# ---- long records

long() { # BYTES: a reply of so many bytes
    printf '550 5.2.2 %0900d The mailbox is full ' 0
    head -c $(($1 - 931)) /dev/zero | tr '\0' x
}
for _ in 1 2 3 4 5 6; do long 17000000 && echo && echo '452 4.2.2 The mailbox is full'; done >"$folder/long"
run smtpcodes classify --jobs 4 --format csv <"$folder/long"
ok 'records that are too long: each is told of, in order' is "$(cat "$err")" \
    "$(printf 'smtpcodes: standard input:%d: longer than 16 MiB, its rest is passed over\n' 1 3 5 7 9 11)"
ok 'and has its verdict' is "$status $(grep -c ',mailbox-full,' "$out")" '1 12'

# ---- a reader that has enough while more input may come

# The second reply meets a closed pipe; the third never comes, and must not be waited for.
leaves() { # ARGUMENT...
    timeout 10 "$command" classify --jobs 2 "$@" 2>"$err" \
        < <(echo 550 && sleep 1 && echo 550 && exec sleep 25) | head -n 1 >"$out"
    local statuses=("${PIPESTATUS[@]}")
    is "${statuses[0]}" 0 && empty "$err" && lines "$out" 1
}
ok 'a closed pipe ends it, though input may come' leaves
ok 'line by line too' leaves --line-buffered
