# shellcheck shell=bash
# Sourced by the tests of the command: TOPIC.sh COMMAND [DATA].
# shellcheck source=tests/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"
command=$1

smtpcodes() {
    "$command" "$@"
}

# The last run ended with this status and said nothing on standard error.
went() { # STATUS
    is "$status" "$1" && empty "$err"
}

# The last run ended with this status and one line of complaint that holds the text.
complained() { # STATUS TEXT
    is "$status" "$1" && lines "$err" 1 && has "$err" "$2" &&
        is "$(head -c 11 "$err")" 'smtpcodes: '
}

# Every line of the output is a JSON value, there are COUNT of them, and FILTER is true of all.
json_lines() { # COUNT [FILTER]
    lines "$out" "$1" && is "$(jq -s "all(${2:-true})" "$out")" true
}

# What a jq filter says of the output.
json_is() { # FILTER WANTED
    is "$(jq -rc "$1" "$out")" "$2"
}

# The cells of a column in a file of the project's data: - stands for none, lines with # are comments.
column() { # FILE COLUMN
    awk -F '\t' -v column="$2" '/^[^#]/ { print $column }' "$1"
}
