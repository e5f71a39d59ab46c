#!/usr/bin/env bash
# classify: replies as arguments, lines, NUL-ended records and JSON lines. Usage: classify.sh COMMAND
# shellcheck source=tests/shell/command.sh
. "$(dirname "$0")/command.sh"
unknown_user='550 5.1.1 <someone@example.org>: Recipient address rejected: User unknown in local recipient table'
full='452 4.2.2 <someone@example.org>: The mailbox is full'

# ---- arguments and formats

run smtpcodes classify "$unknown_user"
ok 'an argument' went 0
ok 'a line for people: reason, bounce, action, the reply' is "$(tr -s ' ' <"$out")" "user-unknown hard suppress $unknown_user"
run smtpcodes classify "$unknown_user" "$full"
ok 'several arguments: a line each' lines "$out" 2
run smtpcodes classify 'good morning'
ok 'an argument that is not understood is told by the status' went 1
run smtpcodes classify "$full" 'good morning' </dev/null
ok 'one of several too' went 1
ok 'and all have a line' lines "$out" 2
run smtpcodes classify -- '-5 is no option'
ok '-- ends the options' lines "$out" 1

run smtpcodes classify --format jsonl "$full"
ok 'a JSON verdict' went 0
ok 'has the promised keys' json_is 'keys_unsorted | sort | join(" ")' 'action basis blocklist bounce category code confidence enhanced evidence provider reason retry_after rule rules_version severity side'
ok 'with these values' json_is '[.code, .enhanced, .severity, .category, .reason, .side, .action, .bounce]' \
    '[452,"4.2.2","temporary","mail-system","mailbox-full","recipient","retry","soft"]'
ok 'null where there is none' json_is '[.provider, .blocklist, .retry_after]' '[null,null,null]'
ok 'the evidence is part of the reply' is "$(jq -r --arg reply "$full" '.evidence as $e | $reply | contains($e)' "$out")" true
ok 'a confidence from 0 to 100' json_is '.confidence | type == "number" and . >= 0 and . <= 100' true
ok 'the basis is a word of the list' json_is '.basis | IN("provider", "text", "learned", "enhanced", "code", "severity", "none")' true
ok 'the last key is the version of the rules' json_is 'keys_unsorted[-1]' rules_version
ok 'which --version tells' is "smtpcodes $(smtpcodes --version | cut -d ' ' -f 2) (rules $(jq -r .rules_version "$out"))" "$(smtpcodes --version)"
run smtpcodes classify --format jsonl '450 4.7.1 Greylisted, please try again in 300 seconds'
ok 'the time to wait is a number' json_is '[.reason, .action, .retry_after]' '["greylisted","retry",300]'
run smtpcodes classify --format jsonl '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'
ok 'the block list has its name' json_is '[.reason, .bounce, .blocklist]' '["ip-blocked","block","spamhaus-zen"]'
run smtpcodes classify --format jsonl 'hello'
ok 'no code is null' json_is '[.code, .enhanced, .reason]' '[null,null,"unknown"]'

run smtpcodes classify --format csv "$full"
ok 'CSV: header and row' lines "$out" 2
ok 'CSV: the header names the keys' is "$(head -n 1 "$out")" \
    'code,enhanced,severity,category,reason,side,action,bounce,basis,confidence,rule,evidence,provider,blocklist,retry_after,rules_version'
ok 'CSV: the row' is "$(sed -n 2p "$out" | cut -d , -f 1-8)" '452,4.2.2,temporary,mail-system,mailbox-full,recipient,retry,soft'
printf '%s\n' '550 5.1.1 no such "user", sorry' 'hello' '550 5.7.1 blocked, see "zen.spamhaus.org", twice' "$full" >"$folder/replies"
run smtpcodes classify --format csv <"$folder/replies"
ok 'CSV: cells with commas and quotes keep the columns' is \
    "$(python3 -c 'import csv, sys; print({len(r) for r in csv.reader(sys.stdin, strict=True)})' <"$out")" '{16}'

# ---- in the words of others

run smtpcodes classify --as powermta "$unknown_user"
ok '--as: the term stands before the reply' is "$(tr -s ' ' <"$out")" "user-unknown hard suppress bad-mailbox $unknown_user"
run smtpcodes classify --as sendgrid '250 OK' "$full"
ok '--as: columns stand below each other, a dash is none' is "$(cut -c 46-78 "$out" | paste -sd '|')" \
    "$(printf '%-28s  250|%-28s  452' - 'Mailbox Unavailable')" # the longest: Frequency or Volume Too High
run smtpcodes classify --as ses --format jsonl "$unknown_user"
ok '--as: JSON has the key term too' json_is '[.reason, .bounce, .term]' '["user-unknown","hard","Permanent/NoEmail"]'
run smtpcodes classify --as ses --format jsonl '250 OK'
ok '--as: null for what was delivered' json_is '[has("term"), .term]' '[true,null]'
run smtpcodes classify --as ses --format csv "$unknown_user" '250 OK'
ok '--as: CSV has a column more' is "$(cut -d , -f 5,17 "$out" | paste -sd ' ')" \
    'reason,term user-unknown,Permanent/NoEmail accepted,'
run smtpcodes classify --as sparkpost --input jsonl --format jsonl <<<'{"term": "mine", "text": "452 4.2.2 The mailbox is full"}'
ok '--as: the key wins over one of the same name' json_is .term 22
run smtpcodes classify --input jsonl --format jsonl <<<'{"term": "mine", "text": "452 4.2.2 The mailbox is full"}'
ok 'without --as it is left alone' json_is .term mine

# ---- what the caller knows

reason() { # ARGUMENT...
    run smtpcodes classify --format jsonl "$@"
    jq -r .reason "$out"
}

ok 'an address refused after MAIL is the sender' is "$(reason --stage mail '501 Invalid address')" sender-refused
ok 'the same words after RCPT: the recipient' is "$(reason --stage rcpt '501 Invalid address')" address-invalid
for stage in connect helo starttls auth mail rcpt data end-of-data; do
    run smtpcodes classify --stage "$stage" 550
    ok "there is a stage $stage" lines "$out" 1
done
# Google says so to those who send too fast; from others the words mean no more than the code
throttled='421 4.7.0 Try again later, closing connection.'
ok 'who the receiver is may decide' is "$(reason --receiver gmail-smtp-in.l.google.com "$throttled")" rate-limited
ok 'and does not if it is another' is "$(reason --receiver mx.example.org "$throttled")" server-unavailable
ok 'the sending address may be told' is "$(reason --client 192.0.2.1 "$unknown_user")" user-unknown

# ---- rules of a user's own

{
    printf 'layer\tfirst\npolicy\tmailbox-full\ttemporary\thard\tsuppress\n'
    printf 'my/cupboard\tspam\tplain\t-\tno room ~1 cupboard\t550 No room in the cupboard\tthe carpenter\n'
} >"$folder/my.tsv"
run smtpcodes classify --rules "$folder/my.tsv" --format jsonl '550 5.2.1 No room in the cupboard' "$full"
ok 'own rules decide, and say what reasons mean' json_is '[.reason, .bounce, .action, .rule]' \
    '["spam","block","fix-message","my/cupboard"]'$'\n''["mailbox-full","hard","suppress","'"$(smtpcodes classify --format jsonl "$full" | jq -r .rule)"'"]'
ok 'their version stands beside that of the built-in ones' \
    is "$(jq -r .rules_version "$out" | sed -E 's/\+[0-9a-f]{8}$/+HASH/' | sort -u)" "$(smtpcodes classify --format jsonl 550 | jq -r .rules_version)+HASH"
run smtpcodes classify --rules "$folder/my.tsv" < <(printf '%s\n' "$full")
ok 'for replies on standard input too' is "$(tr -s ' ' <"$out")" "mailbox-full hard suppress $full"
run smtpcodes explain --rules "$folder/my.tsv" '550 No room in the cupboard'
ok 'explain names the rule and its source' has "$out" 'rule my/cupboard (the carpenter)'
ok 'and its reason' has "$out" 'spam  '

# ---- lines

run smtpcodes classify < <(printf '%s\n' "$unknown_user" "$full" '250 2.0.0 OK')
ok 'lines: a verdict each, in order' is "$(awk '{ print $1 }' "$out" | paste -sd ' ')" 'user-unknown mailbox-full accepted'
ok 'lines: done' went 0
run smtpcodes classify < <(printf '%s\nhello\n' "$full")
ok 'lines: one that is not understood is no error' went 0
run smtpcodes classify < <(printf '%s\n%s' "$full" "$unknown_user")
ok 'lines: the last needs no end' is "$(awk '{ print $1 }' "$out" | paste -sd ' ')" 'mailbox-full user-unknown'
run smtpcodes classify < <(printf '%s\n\n%s\n' "$full" "$full")
ok 'lines: an empty one has a verdict too' lines "$out" 3
for format in text jsonl csv; do
    run smtpcodes classify --format "$format" < <(printf '%s\n%s\n' "$full" "$unknown_user")
    cp "$out" "$folder/lf"
    run smtpcodes classify --format "$format" < <(printf '%s\r\n%s\r\n' "$full" "$unknown_user")
    ok "lines: CRLF ends one as LF does ($format)" same "$out" "$folder/lf"
done
for input in lines nul jsonl; do
    run smtpcodes classify --input "$input" </dev/null
    ok "empty input ($input): done, without output" is "$status $(cat "$out" "$err")" '0 '
done
run smtpcodes classify --format csv </dev/null
ok 'empty input: the header of CSV alone' lines "$out" 1

# ---- records that NUL ends

run smtpcodes classify --input nul --format jsonl < <(printf '550-5.1.1 The account does not\r\n550 5.1.1 exist here.\r\n\0%s\0' "$full")
ok 'nul: a reply of several lines is one record' json_lines 2
ok 'nul: and is read as one reply' json_is '[.code, .enhanced, .reason]' $'[550,"5.1.1","user-unknown"]\n[452,"4.2.2","mailbox-full"]'
run smtpcodes classify --input nul < <(printf '%s\0%s' "$full" "$unknown_user")
ok 'nul: the last needs no end' lines "$out" 2
run smtpcodes classify --input nul < <(printf '550-5.1.1 No such\r\n550 5.1.1 user\r\n\0')
ok 'nul: a line out for a record of two lines' lines "$out" 1

# ---- JSON lines

run smtpcodes classify --input jsonl --format jsonl <<<'{"id": 7, "text": "452 4.2.2 The mailbox is full", "more": {"a": [1, 2.5, null, "ü\u0000"]}}'
ok 'jsonl: done' went 0
ok 'jsonl: other keys are passed through' json_is '[.id, .text, .more]' '[7,"452 4.2.2 The mailbox is full",{"a":[1,2.5,null,"ü\u0000"]}]'
ok 'jsonl: with the verdict' json_is .reason mailbox-full
run smtpcodes classify --input jsonl --format jsonl --field reply <<<'{"text": "x", "reply": "452 4.2.2 The mailbox is full"}'
ok 'jsonl: the field may be named' json_is '[.text, .reply, .reason]' '["x","452 4.2.2 The mailbox is full","mailbox-full"]'
run smtpcodes classify --input jsonl --format jsonl <<<'{"reason": "mine", "code": "abc", "text": "452 4.2.2 The mailbox is full", "provider": "me"}'
ok 'jsonl: a key of the verdict wins' json_is '[.reason, .code, .provider]' '["mailbox-full",452,null]'
run smtpcodes classify --input jsonl --format jsonl --field evidence <<<'{"evidence": "452 4.2.2 The mailbox is full"}'
ok 'jsonl: also over the text itself' json_is '.evidence | contains("452")' false
ok 'jsonl: which decided all the same' json_is .reason mailbox-full
run smtpcodes classify --input jsonl --format jsonl <<<'{"text": "550-5.1.1 The account does not\r\n550 5.1.1 exist here.\r\n"}'
ok 'jsonl: a reply of several lines' json_is .reason user-unknown
run smtpcodes classify --input jsonl <<<'{"text": "452 4.2.2 The mailbox is full"}'
ok 'jsonl: text out' is "$(awk '{ print $1 }' "$out")" mailbox-full
run smtpcodes classify --input jsonl --format csv <<<'{"text": "452 4.2.2 The mailbox is full"}'
ok 'jsonl: CSV out' lines "$out" 2

cat >"$folder/mixed" <<'JSON'
{"id": 1, "text": "452 4.2.2 The mailbox is full"}

this is no JSON
["neither", "an object"]
{"id": 2, "reply": "452 4.2.2 The mailbox is full"}
{"id": 3, "text": 452}
{"id": 4, "text": "cut
{"id": 5, "text": "452 4.2.2 The mailbox is full"}
JSON
run smtpcodes classify --input jsonl --format jsonl <"$folder/mixed"
ok 'jsonl: bad lines are told by the status' is "$status" 1
ok 'jsonl: a complaint for each, with its line' is "$(grep -oE '^smtpcodes: standard input:[0-9]+: ' "$err" | tr -dc '0-9\n' | paste -sd ' ')" '3 4 5 6 7'
ok 'jsonl: and nothing else' lines "$err" 5
ok 'jsonl: good lines come out' is "$(jq -r 'select(.reason == "mailbox-full") | .id' "$out" | paste -sd ' ')" '1 5'
ok 'jsonl: an object without the text goes through as it is' is "$(jq -c 'select(.id == 2)' "$out")" '{"id":2,"reply":"452 4.2.2 The mailbox is full"}'
ok 'jsonl: nor is one lost whose text is no string' is "$(jq -c 'select(.id == 3)' "$out")" '{"id":3,"text":452}'
ok 'jsonl: the key that is missing is named' has <(sed -n 3p "$err") '"text"'
run smtpcodes classify --input jsonl --format jsonl <<<'{"id": 18446744073709551615, "text": "452 4.2.2 The mailbox is full"}'
ok 'jsonl: a number that would not come out as it went in is refused' complained 1 'standard input:1: no JSON: too big'
run smtpcodes classify --input jsonl --format jsonl <<<'{"id": 9223372036854775807, "least": -9223372036854775808, "text": "452 4.2.2 The mailbox is full"}'
ok 'jsonl: those of 64 bits go through' has "$out" '{"id":9223372036854775807,"least":-9223372036854775808,'
