# shellcheck shell=bash
# Sourced by the tests that are scripts. A case is one call of `ok`; the script fails if a case failed, if none ran, or
# if it ended before its last line.
set -u -o pipefail
export LC_ALL=C.UTF-8
unset NO_COLOR

folder=$(mktemp -d)
tap_count=0
tap_failed=0

tap_end() {
    local status=$?
    rm -rf "$folder"
    echo "1..$tap_count"
    if [[ $status -ne 0 || $tap_failed -ne 0 || $tap_count -eq 0 ]]; then
        exit 1
    fi
}
trap tap_end EXIT

# ok NAME COMMAND...: the case passes if COMMAND succeeds.
ok() {
    tap_count=$((tap_count + 1))
    if "${@:2}" >"$folder/.why" 2>&1; then
        echo "ok $tap_count - $1"
        return
    fi
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    {
        printf 'wanted:'
        printf ' %q' "${@:2}"
        echo
        cat "$folder/.why"
    } | cut -c -400 | sed -n '1,15s/^/# /p' # not head: it would end a long text by SIGPIPE, and a script with -e too
}

# run COMMAND...: keeps what it says in the files $out and $err, and its $status.
out=$folder/.out
err=$folder/.err
run() {
    status=0
    "$@" >"$out" 2>"$err" || status=$?
}

# ---- what a case may ask; each says what it saw instead

is() { # GOT WANTED
    [[ $1 == "$2" ]] || {
        printf 'got:    %s\nwanted: %s\n' "$1" "$2"
        false
    }
}

has() { # FILE TEXT
    grep -qF -e "$2" "$1" || {
        echo "\"$2\" is missing in:"
        head -c 1000 "$1"
        false
    }
}

hasnt() { # FILE TEXT: the file has something, but not this
    { [[ -s $1 ]] && ! grep -qF -e "$2" "$1"; } || {
        echo "nothing, or \"$2\", stands in:"
        head -c 1000 "$1"
        false
    }
}

lines() { # FILE COUNT
    is "$(wc -l <"$1")" "$2" || {
        head -c 1000 "$1"
        false
    }
}

empty() { # FILE
    [[ ! -s $1 ]] || {
        head -c 1000 "$1"
        false
    }
}

same() { # FILE FILE: equal, and there is something in them
    cat "$1" >"$folder/.got"
    [[ -s $folder/.got ]] || {
        echo 'nothing is there'
        false
        return
    }
    cmp "$folder/.got" "$2"
}
