#!/usr/bin/env bash
# What a call of the Lua module costs beside the call in C, with a reply of 100 bytes. Run tests/lua/run first: it
# builds the module. On a machine that does nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

reply='550 5.1.1 The email account that you tried to reach does not exist. Please check the name and retry.'
limit=400 # nanoseconds above C
core=build/lua/core/core
cc -O2 -std=c11 -Icore/include -I$core/generated tests/bench/call_cost.c $core/libsmtpcodes.a -o build/lua/call_cost

status=0
for version in 5.1 jit 5.2 5.3 5.4; do
    folder=build/lua/${version/jit/5.1}
    # The two are taken by turns, so that a change of the machine's speed meets both.
    least_c='' least_lua=''
    for _ in 1 2 3 4 5; do
        c=$(build/lua/call_cost "$reply")
        lua=$(LUA_CPATH="$folder/?.so" "lua$version" tests/bench/lua_cost.lua "$reply")
        if [[ -z $least_c || $c -lt $least_c ]]; then least_c=$c; fi
        if [[ -z $least_lua || $lua -lt $least_lua ]]; then least_lua=$lua; fi
    done
    above=$((least_lua - least_c))
    echo "lua$version: C $least_c ns, Lua $least_lua ns: $above ns above (${#reply} bytes)"
    if [[ $above -gt $limit ]]; then
        status=1
    fi
done
exit $status
