#!/usr/bin/env bash
# A cross build takes a generator that runs on this host. Usage: cross.sh SOURCE MKTABLES
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
source=$1
mktables=$2
: "${CC:=cc}" "${CMAKE:=cmake}"

# To name the system is what makes a build a cross build to CMake; the compiler may well be that of this host.
configure() { # BUILD OPTION...
    "$CMAKE" -S "$source" -B "$1" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_C_COMPILER="$CC" -DCMAKE_BUILD_TYPE=Debug \
        -DSMTPCODES_BUILD_TESTS=OFF -DSMTPCODES_BUILD_COMMAND=OFF "${@:2}"
}

run configure "$folder/without"
ok 'without a generator it is refused' is "$status" 1
ok 'and says what is missing' has <(tr -s ' \n' ' ' <"$err") 'A cross build needs SMTPCODES_MKTABLES'

# a generator that tells that it was run
cat >"$folder/generator" <<SCRIPT
#!/bin/sh
echo run >>'$folder/log'
exec '$mktables' "\$@"
SCRIPT
chmod +x "$folder/generator"
ok 'with one it configures' configure "$folder/with" -DSMTPCODES_MKTABLES="$folder/generator"
ok 'and builds' "$CMAKE" --build "$folder/with" -j 2
ok 'by this generator' is "$(sort -u "$folder/log")" run
ok 'a library, and no generator of its own' is "$(find "$folder/with" \( -name mktables -o -name libsmtpcodes.so.0 \) -printf %f)" libsmtpcodes.so.0
mkdir -p "$folder/native/smtpcodes"
"$mktables" "$source/core/data" "$folder/native"
ok 'with the same tables' same "$folder/with/core/generated/tables.c" "$folder/native/tables.c"
