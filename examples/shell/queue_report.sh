#!/usr/bin/env bash
# What keeps mail in a Postfix queue, by reason, and the addresses to send nothing more to.
#   postqueue -j | queue_report.sh        needs jq and smtpcodes
set -euo pipefail

# A line a recipient; mail that was not tried yet has no reason for its delay.
verdicts=$(jq -c '.queue_id as $queue_id | .recipients[] | select(.delay_reason) | {$queue_id, address, delay_reason}' |
    smtpcodes classify --input jsonl --field delay_reason --format jsonl)

echo 'recipients  reason                what to do'
jq -rs 'group_by([.reason, .action]) | sort_by([-length, .[0].reason])[] | [length, .[0].reason, .[0].action] | @tsv' \
    <<<"$verdicts" | while IFS=$'\t' read -r count reason action; do
    printf '%10d  %-20s  %s\n' "$count" "$reason" "$action"
done

echo
echo 'Send nothing more to:'
jq -r 'select(.action == "suppress") | "  \(.address)  \(.reason)"' <<<"$verdicts"

echo
echo 'Hold until somebody has looked:'
jq -r 'select(.action | IN("review", "change-route", "fix-sender", "fix-message"))
    | "  \(.queue_id)  \(.address)  \(.action)" + if .blocklist then ": listed by \(.blocklist)" else "" end' \
    <<<"$verdicts"
