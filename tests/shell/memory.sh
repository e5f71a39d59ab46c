#!/usr/bin/env bash
# classify takes no more memory for a million replies than for ten thousand. Usage: memory.sh COMMAND
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"

peak() { # LINES ARGUMENT...: peak resident size in KiB for so many of $replies
    yes "$replies" | head -n "$1" | /usr/bin/time -o "$folder/peak" -f %M "$command" classify "${@:2}" >"$out"
    is "$(grep -vc ^code, "$out")" "$1" >&2 && tail -n 1 "$folder/peak"
}

constant() { # ARGUMENT...
    local few many
    few=$(peak 10000 "$@") && many=$(peak 1000000 "$@") || return
    echo "10,000 replies: $few KiB, 1,000,000 replies: $many KiB"
    # one byte kept of a reply would be nearly 1 MB; the margin is what two equal runs may differ by
    [[ $few -gt 0 && $many -lt $((few + 512)) ]]
}

# Threads hold blocks of input and output: how many at a time varies, so there is a bound instead of a comparison.
bounded() { # KIB ARGUMENT...
    local many
    many=$(peak 1000000 "${@:2}") || return
    echo "1,000,000 replies: $many KiB"
    [[ $many -gt 0 && $many -lt $1 ]]
}

replies='550 5.1.1 <someone@example.org>: Recipient address rejected: User unknown
452 4.2.2 The mailbox is full
hello'
ok 'lines to text' constant
ok 'lines to CSV' constant --format csv
ok 'lines to JSON lines' constant --format jsonl
ok 'four threads: 37 MB of lines to 309 MB of JSON' bounded 24000 --format jsonl --jobs 4
replies='{"id": 1, "text": "550 5.1.1 User unknown"}
{"id": [2], "text": "452 4.2.2 The mailbox is full", "code": "x"}'
ok 'JSON lines to JSON lines' constant --input jsonl --format jsonl
replies=''
ok 'four threads: empty lines, each with a verdict of 300 bytes' bounded 65000 --format jsonl --jobs 4
