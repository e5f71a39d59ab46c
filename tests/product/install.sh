#!/usr/bin/env bash
# Strangers' programs against what is installed. Usage: install.sh BUILD VERSION
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
build=$1
version=$2
user=$(cd "$(dirname "$0")/user" && pwd)
: "${CC:=cc}" "${CXX:=c++}" "${CMAKE:=cmake}"
prefix=$folder/prefix
wanted="$version $version 550 user-unknown suppress"

run "$CMAKE" --install "$build" --prefix "$prefix"
ok 'it installs into a prefix' is "$status $(cat "$err")" '0 '
libraries=$(dirname "$(find "$prefix" -name libsmtpcodes.a)")
ok 'the headers, and no private ones' is "$(cd "$prefix/include" && find . -type f | sort | paste -sd ' ')" \
    './smtpcodes.h ./smtpcodes/codes.h ./smtpcodes/enums.h ./smtpcodes/reasons.h ./smtpcodes/version.h'
ok 'no text that names the build folder' is "$(grep -rIlF "$build" "$prefix")" ''
run "$prefix/bin/smtpcodes" --version
ok 'the command runs from there' is "$(sed 's/ (rules [0-9a-f]*)$//' "$out")" "smtpcodes $version"

says() { # PROGRAM
    is "$(LD_LIBRARY_PATH=$libraries "$1")" "$wanted"
}

# ---- find_package

find_package() { # WANTED
    "$CMAKE" -S "$user" -B "$folder/user" -DCMAKE_PREFIX_PATH="$prefix" -DWANTED="$1" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_C_FLAGS='-std=c99 -Wall -Wextra -pedantic-errors -Werror' \
        -DCMAKE_CXX_FLAGS='-Wall -Wextra -pedantic-errors -Werror'
}
ok 'find_package finds it' find_package "$version"
ok 'and a program of its builds' "$CMAKE" --build "$folder/user"
for program in shared static cpp; do
    ok "its program runs: $program" says "$folder/user/user_$program"
done
ok 'the program takes the shared library' is "$(readelf -d "$folder/user/user_shared" | grep -c 'libsmtpcodes\.so\.0')" 1
ok 'the other needs libc alone' is "$(readelf -d "$folder/user/user_static" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')" libc.so.6
rm -rf "$folder/user"
run find_package "$((${version%%.*} + 1)).0"
ok 'find_package refuses a later version' has "$err" 'Could not find a configuration file for package "smtpcodes"'

# ---- pkg-config

export PKG_CONFIG_PATH=$libraries/pkgconfig
ok 'pkg-config knows the version' is "$(pkg-config --modversion smtpcodes)" "$version"
for variable in includedir libdir; do
    ok "pkg-config knows where it is installed: $variable" [ "$(pkg-config --variable $variable smtpcodes)" -ef \
        "$(if [[ $variable == libdir ]]; then echo "$libraries"; else echo "$prefix/include"; fi)" ]
done
read -ra flags <<<"$(pkg-config --cflags --libs smtpcodes)"
ok 'a program builds with its flags' "$CC" -std=c99 -pedantic-errors -Werror "$user/user.c" -o "$folder/user_c" "${flags[@]}"
ok 'and runs' says "$folder/user_c"
ok 'a C++ program builds with its flags' "$CXX" -std=c++17 -pedantic-errors -Werror "$user/user.cpp" -o "$folder/user_cpp" "${flags[@]}"
ok 'and runs too' says "$folder/user_cpp"
