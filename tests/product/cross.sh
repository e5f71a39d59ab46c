#!/usr/bin/env bash
# A cross build takes generators that run on this host. Usage: cross.sh SOURCE MKTABLES MKMODEL
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
source=$1
mktables=$2
mkmodel=$3
: "${CC:=cc}" "${CMAKE:=cmake}"

# To name the system is what makes a build a cross build to CMake; the compiler may well be that of this host.
configure() { # BUILD OPTION...
    "$CMAKE" -S "$source" -B "$1" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_C_COMPILER="$CC" -DCMAKE_BUILD_TYPE=Debug \
        -DSMTPCODES_BUILD_TESTS=OFF -DSMTPCODES_BUILD_COMMAND=OFF "${@:2}"
}

run configure "$folder/without"
ok 'without a generator it is refused' is "$status" 1
ok 'and says what is missing' has <(tr -s ' \n' ' ' <"$err") 'A cross build needs SMTPCODES_MKTABLES'

# generators that tell that they were run
for made_by in mktables mkmodel; do
    cat >"$folder/$made_by" <<SCRIPT
#!/bin/sh
echo $made_by >>'$folder/log'
exec '${!made_by}' "\$@"
SCRIPT
    chmod +x "$folder/$made_by"
done
run configure "$folder/half" -DSMTPCODES_MKTABLES="$folder/mktables"
ok 'with half of them too' is "$status" 1
ok 'and says what is missing' has <(tr -s ' \n' ' ' <"$err") 'A cross build needs SMTPCODES_MKMODEL'
ok 'with both it configures' configure "$folder/with" -DSMTPCODES_MKTABLES="$folder/mktables" -DSMTPCODES_MKMODEL="$folder/mkmodel"
ok 'and builds' "$CMAKE" --build "$folder/with" -j 2
ok 'by these generators' is "$(sort -u "$folder/log" | paste -sd ' ')" 'mkmodel mktables'
ok 'a library, and no generator of its own' is "$(find "$folder/with" \( -name mktables -o -name mkmodel -o -name libsmtpcodes.so.0 \) -printf %f)" libsmtpcodes.so.0
mkdir -p "$folder/native/smtpcodes"
"$mktables" "$source/core/data" "$folder/native"
ok 'with the same tables' same "$folder/with/core/generated/tables.c" "$folder/native/tables.c"
"$mkmodel" "$source/core/data" "$folder/native"
ok 'and the same model' same "$folder/with/core/generated/model.c" "$folder/native/model.c"
