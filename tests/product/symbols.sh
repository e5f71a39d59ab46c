#!/usr/bin/env bash
# What the libraries export, ask for and weigh. Usage: symbols.sh SHARED STATIC
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
shared=$1
static=$2
: "${CC:=cc}"

nm -D --defined-only --format=posix "$shared" | awk '{ print $1 }' >"$folder/exported"
grep -ohE '\bsmtpcodes_[a-z0-9_]+\(' "$(dirname "$0")/../../core/include/smtpcodes.h" | tr -d '(' | sort -u >"$folder/declared"
ok 'something is exported' [ -s "$folder/exported" ]
ok 'only smtpcodes_*' is "$(grep -v '^smtpcodes_[^_]' "$folder/exported")" ''
ok 'nothing of smtpcodes__*' is "$(grep '^smtpcodes__' "$folder/exported")" ''
ok 'all that the header declares, and no more' same <(sort "$folder/exported") "$folder/declared"
ok 'only functions' is "$(nm -D --defined-only --format=posix "$shared" | awk '$2 != "T"')" ''
ok 'the soname' is "$(readelf -d "$shared" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')" libsmtpcodes.so.0
ok 'needs libc alone' is "$(readelf -d "$shared" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')" libc.so.6

section() { # NAME: its size, 0 if it is not there
    size -A -d "$shared" | awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }'
}
# Tables hold offsets, not pointers: they are shared between processes and need no relocation at the start.
ok 'the tables are in .rodata' [ "$(section .rodata)" -gt 500000 ]
ok 'nearly nothing in .data.rel.ro' [ "$(section .data.rel.ro)" -lt 1024 ]
ok 'no data that can change' [ "$(($(section .data) + $(section .bss) + $(section .tbss) + $(section .tdata)))" -le 64 ]
ok 'no stack that can be executed' is "$(readelf -lW "$shared" | awk '$1 == "GNU_STACK" { print $(NF - 1) }')" RW

# undefined OBJECT: what it asks others for
undefined() {
    nm -u --format=posix "$1" | awk '$1 != "_GLOBAL_OFFSET_TABLE_" { print $1 }' | sort -u
}

ld -r --whole-archive "$static" -o "$folder/all.o"
ok 'the static library defines no other global names' is "$(nm -g --defined-only --format=posix "$folder/all.o" | awk '{ print $1 }' | grep -v '^smtpcodes_')" ''
nm -D --defined-only --format=posix "$("$CC" -print-file-name=libc.so.6)" | sed 's/[@ ].*//' | sort -u >"$folder/libc"
ok 'the static library needs libc alone' is "$(undefined "$folder/all.o" | comm -23 - "$folder/libc")" ''

# All but users' rules reads const tables: nothing there allocates, reads the locale, opens a file or keeps state, and a
# signal handler may call it (POSIX.1-2008 TC2, 2.4.3). The linker takes only the objects that these functions reach.
grep -v '^smtpcodes_rules_' "$folder/declared" >"$folder/paths"
ok 'most functions are such' [ "$(wc -l <"$folder/paths")" -gt 70 ]
sed 's/^/-u /' "$folder/paths" | xargs ld -r "$static" -o "$folder/paths.o" -u smtpcodes_version
safe='^(__stack_chk_fail|__mem(cpy|move|set)_chk|mem(chr|cmp|cpy|move|set)|str(chr|cmp|cspn|len|ncmp|spn))$'
ok 'they ask for something' is "$(undefined "$folder/paths.o" | grep -c '^memcmp$')" 1
ok 'and for functions on bytes alone' is "$(undefined "$folder/paths.o" | grep -vE "$safe")" ''

# ---- the header

headers=(-I"$(dirname "$0")/../../core/include" -I"$(dirname "$shared")/generated")
strict=(-Wall -Wextra -Werror -pedantic-errors -fsyntax-only)
for header in smtpcodes.h smtpcodes/codes.h smtpcodes/enums.h smtpcodes/reasons.h smtpcodes/version.h; do
    echo "#include <$header>" >"$folder/alone.c"
    echo 'int main(void) { return 0; }' >>"$folder/alone.c"
    cp "$folder/alone.c" "$folder/alone.cpp"
    for standard in c99 c11; do
        ok "<$header> alone as $standard" "$CC" -std=$standard "${strict[@]}" "${headers[@]}" "$folder/alone.c"
    done
    for standard in c++11 c++17; do
        ok "<$header> alone as $standard" "${CXX:-c++}" -std=$standard "${strict[@]}" "${headers[@]}" "$folder/alone.cpp"
    done
done
