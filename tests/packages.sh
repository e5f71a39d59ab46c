# shellcheck shell=bash
# Sourced by tests/run and examples/run.

# install_packages GROUP...: what tests/packages lists in these groups and this machine lacks. Says nothing when nothing
# is missing, and one line when it cannot install.
install_packages() {
    local here name group='' missing=() as_root=()
    here=$(dirname "${BASH_SOURCE[0]}")
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        echo "No apt-get here: what tests/packages lists has to be there by other means." >&2
        return 0
    fi
    while read -r name; do
        case $name in
        '## '*) group=${name#\#\# } group=${group%%:*} ;;
        '' | '#'*) ;;
        *)
            if [[ " $* " == *" $group "* ]] &&
                [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) != installed ]]; then
                missing+=("$name")
            fi
            ;;
        esac
    done <"$here/packages"
    if [[ ${#missing[@]} -eq 0 ]]; then
        return 0
    fi
    if [[ $EUID -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            echo "Missing, and neither root nor sudo to install them: ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        echo "Could not install ${missing[*]}: $(grep '^E:' "$log" | head -n 1)" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}
