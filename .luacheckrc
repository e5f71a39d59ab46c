-- One set of sources for Lua 5.1 to 5.4 and LuaJIT.
std = "min"
max_line_length = 120
exclude_files = { "build" }
files["tests/lua"].allow_defined_top = true -- luaunit finds its tests by their names
files["bindings/lua/luals"].ignore = { "212" } -- annotations have arguments and no bodies
files["**/*.rockspec"].std = "+rockspec"
