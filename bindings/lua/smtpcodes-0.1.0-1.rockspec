-- From the root of the source tree: luarocks make bindings/lua/smtpcodes-0.1.0-1.rockspec
rockspec_format = "3.0"
package = "smtpcodes"
version = "0.1.0-1"
source = {
   url = "git+https://git.example.org/smtpcodes.git",
   tag = "v0.1.0",
}
description = {
   summary = "What a mail server means: SMTP codes, replies and verdicts",
   detailed = "Reads an SMTP reply and says why the server answered so, whose side it is to mend, and what to do next.",
   license = "MIT",
   labels = { "smtp", "mail", "bounce" },
}
dependencies = {
   "lua >= 5.1, < 5.5",
}
build = {
   type = "command",
   -- smtpcodes alone: a rock has to build without SWIG.
   build_command = "cmake -S bindings/lua -B build/rock -DCMAKE_BUILD_TYPE=Release -DSMTPCODES_BUILD_LUA_SWIG=OFF"
      .. " -DSMTPCODES_LUA_INCLUDE_DIRS=$(LUA_INCDIR) -DSMTPCODES_LUA_INSTALL_DIR=$(LIBDIR) && cmake --build build/rock",
   install_command = "cmake --install build/rock --component lua",
}
