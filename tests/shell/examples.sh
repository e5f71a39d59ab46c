#!/usr/bin/env bash
# The sample that examples/run shows: every reply is understood, none is there twice. Usage: examples.sh COMMAND SAMPLE
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"
sample=$2

ok 'about 25 replies' [ "$(wc -l <"$sample")" -ge 20 ]
ok 'none twice' is "$(sort "$sample" | uniq -d)" ''
run smtpcodes classify --format jsonl <"$sample"
ok 'every reply has a reason' json_lines "$(wc -l <"$sample")" '.reason != "unknown"'
ok 'many reasons' [ "$(jq -r .reason "$out" | sort -u | wc -l)" -ge 15 ]
ok 'every kind of bounce but unknown' is "$(jq -r .bounce "$out" | sort -u | paste -sd ' ')" 'block hard none soft'
